package swarm.chaos.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One search for a linearization; see [Linearizability] for the algorithm.
final class Search<S, I, O> {
  /// Where a search is: all answers before one are explained.
  ///
  /// @param answer the next to be explained: a number in the schedule
  /// @param effective the slots of the answered operations under way that have taken effect
  private record Configuration<S>(int answer, BitSet effective, S state) {}

  /// The operations that took effect, the last one first.
  private record Path(int operation, int length, @Nullable Path before) {}

  /// A configuration and one way to it.
  ///
  /// @param spent the slots of the operations of unknown outcome that have taken effect
  private record Visit<S>(Configuration<S> at, BitSet spent, @Nullable Path path) {
    int length() {
      return path == null ? 0 : path.length();
    }
  }

  private final Model<S, I, O> model;
  private final Schedule<I, O> schedule;
  private final long maxSteps;

  private final Map<Configuration<S>, List<BitSet>> seen = new HashMap<>();
  private final ArrayDeque<Visit<S>> stack = new ArrayDeque<>();
  private final List<Visit<S>> furthest = new ArrayList<>();
  private long steps;

  Search(Model<S, I, O> model, Schedule<I, O> schedule, long maxSteps) {
    this.model = model;
    this.schedule = schedule;
    this.maxSteps = maxSteps;
  }

  Verdict<I, O> run() {
    visit(new Visit<>(new Configuration<>(0, new BitSet(), model.initial()), new BitSet(), null));
    while (!stack.isEmpty()) {
      Visit<S> visit = stack.pop();
      if (visit.at().answer() == schedule.answers().size()) {
        return new Verdict.Linearizable<>(order(visit));
      }
      if (steps >= maxSteps) {
        return new Verdict.Unknown<>(
            steps, furthest.getFirst().at().answer(), schedule.answers().size());
      }
      expand(visit);
    }
    return failure();
  }

  /// The preferred operation is visited last, so that it is the next to leave the stack.
  private void expand(Visit<S> visit) {
    Schedule.Answer answer = schedule.answers().get(visit.at().answer());
    for (int i = answer.open().length - 1; i >= 0; i--) {
      int operation = answer.open()[i];
      if (!tookEffect(visit, operation)) {
        steps++;
        apply(visit.at().state(), operation)
            .ifPresent(state -> visit(after(visit, operation, state)));
      }
    }
  }

  private boolean tookEffect(Visit<S> visit, int operation) {
    BitSet slots = schedule.isUnknown(operation) ? visit.spent() : visit.at().effective();
    return slots.get(schedule.slot(operation));
  }

  private Optional<S> apply(S state, int number) {
    Operation<I, O> operation = schedule.operation(number);
    return operation.output().isPresent()
        ? model.step(state, operation.input(), operation.output().get())
        : model.effect(state, operation.input());
  }

  /// Goes on to the next answer whose operation has not taken effect yet. Those that end give their
  /// slots back.
  private Visit<S> after(Visit<S> visit, int operation, S state) {
    var effective = (BitSet) visit.at().effective().clone();
    var spent = (BitSet) visit.spent().clone();
    (schedule.isUnknown(operation) ? spent : effective).set(schedule.slot(operation));
    int answer = visit.at().answer();
    while (answer < schedule.answers().size()) {
      int slot = schedule.slot(schedule.answers().get(answer).operation());
      if (!effective.get(slot)) {
        break;
      }
      effective.clear(slot);
      answer++;
    }
    return new Visit<>(
        new Configuration<>(answer, effective, state),
        spent,
        new Path(operation, visit.length() + 1, visit.path()));
  }

  private void visit(Visit<S> visit) {
    if (isKnown(visit)) {
      return; // whatever follows from here was tried, or will be
    }
    stack.push(visit);
    int best = furthest.isEmpty() ? -1 : furthest.getFirst().at().answer();
    if (visit.at().answer() > best) {
      furthest.clear();
    }
    if (visit.at().answer() >= best) {
      furthest.add(visit);
    }
  }

  /// Whether the search was here already, with no operation of unknown outcome spent that is left
  /// now: these need never take effect, so whoever has more of them left can do all that others
  /// can.
  private boolean isKnown(Visit<S> visit) {
    List<BitSet> before = seen.computeIfAbsent(visit.at(), _ -> new ArrayList<>(1));
    for (BitSet spent : before) {
      if (isSubset(spent, visit.spent())) {
        return true;
      }
    }
    before.removeIf(spent -> isSubset(visit.spent(), spent));
    before.add(visit.spent());
    return false;
  }

  private static boolean isSubset(BitSet some, BitSet all) {
    var rest = (BitSet) some.clone();
    rest.andNot(all);
    return rest.isEmpty();
  }

  private List<Operation<I, O>> order(Visit<S> visit) {
    var order = new ArrayList<Operation<I, O>>();
    for (Path path = visit.path(); path != null; path = path.before()) {
      order.add(schedule.operation(path.operation()));
    }
    Collections.reverse(order);
    return order;
  }

  private Verdict<I, O> failure() {
    Visit<S> longest =
        Collections.max(furthest, Comparator.comparingInt((Visit<S> v) -> v.length()));
    Schedule.Answer answer = schedule.answers().get(longest.at().answer());
    var pending = new ArrayList<Operation<I, O>>();
    for (int operation : answer.open()) {
      if (operation != answer.operation() && !tookEffect(longest, operation)) {
        pending.add(schedule.operation(operation));
      }
    }
    List<String> states =
        furthest.stream().map(v -> String.valueOf(v.at().state())).distinct().sorted().toList();
    return new Verdict.NotLinearizable<>(
        order(longest), schedule.operation(answer.operation()), pending, states);
  }
}
