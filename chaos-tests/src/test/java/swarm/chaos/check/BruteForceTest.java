package swarm.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import swarm.chaos.check.RegisterModel.Call;
import swarm.chaos.check.RegisterModel.Cas;
import swarm.chaos.check.RegisterModel.Read;
import swarm.chaos.check.RegisterModel.Write;

/// The search against one that is too simple to be wrong: every order of every choice.
class BruteForceTest {
  private static final int HISTORIES = 10_000;
  private static final int MOST_OPERATIONS = 6;
  private static final int VALUES = 3;
  private static final Model<Integer, Call, Integer> MODEL = new RegisterModel();

  @Test
  void both_find_the_same() {
    var random = new SplittableRandom(20_261_121);
    int linearizable = 0;
    for (int i = 0; i < HISTORIES; i++) {
      List<Operation<Call, Integer>> history = history(random);
      boolean expected = explained(history, List.of(), 0);
      switch (Linearizability.check(MODEL, history, 1_000_000)) {
        case Verdict.Linearizable<Call, Integer> yes -> {
          linearizable++;
          assertThat(expected).as("history %s: %s", i, history).isTrue();
          assertThat(answersAs(yes.order())).as("history %s: %s", i, yes.order()).isTrue();
          assertThat(inRealTime(yes.order())).as("history %s: %s", i, yes.order()).isTrue();
          assertThat(yes.order()).containsAll(answered(history)).doesNotHaveDuplicates();
        }
        case Verdict.NotLinearizable<Call, Integer> no -> {
          assertThat(expected).as("history %s: %s", i, history).isFalse();
          assertThat(answersAs(no.prefix())).as("history %s: %s", i, no).isTrue();
        }
        case Verdict.Unknown<Call, Integer> unknown -> throw new AssertionError(unknown);
      }
    }
    assertThat(linearizable).as("of each kind there are many").isBetween(2_000, 8_000);
  }

  private static List<Operation<Call, Integer>> answered(List<Operation<Call, Integer>> history) {
    return history.stream().filter(o -> o.output().isPresent()).toList();
  }

  /// Whether an order that begins like this explains the history.
  private static boolean explained(
      List<Operation<Call, Integer>> history, List<Operation<Call, Integer>> order, int answers) {
    if (answers == answered(history).size() && inRealTime(order) && answersAs(order)) {
      return true;
    }
    for (Operation<Call, Integer> next : history) {
      if (!order.contains(next)) {
        var longer = new ArrayList<>(order);
        longer.add(next);
        if (explained(history, longer, answers + (next.output().isPresent() ? 1 : 0))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean inRealTime(List<Operation<Call, Integer>> order) {
    for (int i = 0; i < order.size(); i++) {
      for (int later = i + 1; later < order.size(); later++) {
        if (order.get(later).end() < order.get(i).call()) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean answersAs(List<Operation<Call, Integer>> order) {
    Optional<Integer> state = Optional.of(MODEL.initial());
    for (Operation<Call, Integer> o : order) {
      state =
          state.flatMap(
              s ->
                  o.output().isPresent()
                      ? MODEL.step(s, o.input(), o.output().get())
                      : MODEL.effect(s, o.input()));
    }
    return state.isPresent();
  }

  /// Two to three clients. Half of the histories are those of a real register, which one answer in
  /// some of them does not fit; in the other half the answers are random.
  private static List<Operation<Call, Integer>> history(SplittableRandom random) {
    int clients = 2 + random.nextInt(2);
    int count = 2 + random.nextInt(MOST_OPERATIONS - 1);
    long[] free = new long[clients];
    int[] names = new int[clients];
    for (int i = 0; i < clients; i++) {
      names[i] = i;
    }
    int next = clients;
    boolean real = random.nextBoolean();
    int state = MODEL.initial();
    var history = new ArrayList<Operation<Call, Integer>>();
    for (int i = 0; i < count; i++) {
      Call call = call(random);
      int output = call instanceof Read ? random.nextInt(VALUES) : random.nextInt(2);
      if (real) {
        output = answer(state, call);
        state = MODEL.step(state, call, output).orElseThrow();
      }
      // in the order of their effects, which lie at 10, 20, 30 ...
      int client = random.nextInt(clients);
      long effect = 10L * (i + 1);
      long begin = Math.min(effect, free[client] + 1 + random.nextInt(20));
      if (begin <= free[client]) {
        begin = free[client] + 1;
      }
      long end = Math.max(begin, effect) + random.nextInt(25);
      if (random.nextInt(3) == 0 && !(call instanceof Read)) {
        history.add(Operation.unknown(names[client], call, begin));
        names[client] = next++;
        free[client] = begin;
      } else {
        history.add(Operation.answered(names[client], call, begin, output, end));
        free[client] = end;
      }
    }
    return history;
  }

  private static Call call(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Read();
      case 1 -> new Write(random.nextInt(VALUES));
      default -> new Cas(random.nextInt(VALUES), random.nextInt(VALUES));
    };
  }

  private static int answer(int state, Call call) {
    return switch (call) {
      case Read _ -> state;
      case Write _ -> RegisterModel.DONE;
      case Cas cas -> state == cas.expected() ? RegisterModel.DONE : RegisterModel.REFUSED;
    };
  }
}
