package swarm.chaos.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A history in the order of its answers, each with the operations that were under way at its end.
///
/// What begins at the very time at which another ends counts as concurrent: nothing says which was
/// first.
final class Schedule<I, O> {
  /// The end of an operation.
  ///
  /// @param operation its number
  /// @param open the numbers of the operations under way just before, itself first, then the other
  ///   answered ones, then those of unknown outcome
  record Answer(int operation, int[] open) {}

  private final List<Operation<I, O>> operations;
  private final int[] slots;
  private final List<Answer> answers = new ArrayList<>();

  /// @throws IllegalArgumentException where a client did two things at a time
  Schedule(List<Operation<I, O>> history) {
    operations =
        history.stream().sorted(Comparator.comparingLong((Operation<I, O> o) -> o.call())).toList();
    checkClients();
    slots = new int[operations.size()];
    run();
  }

  private void checkClients() {
    Map<Integer, Operation<I, O>> last = new HashMap<>();
    for (Operation<I, O> operation : operations) {
      Operation<I, O> before = last.put(operation.client(), operation);
      if (before != null && before.end() > operation.call()) {
        throw new IllegalArgumentException(
            "a client does one thing at a time: " + before + " and " + operation);
      }
    }
  }

  private void run() {
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      if (!isUnknown(i)) {
        ends.add(i);
      }
    }
    ends.sort(Comparator.comparingLong(i -> operations.get(i).end()));
    var taken = new BitSet();
    var open = new ArrayList<Integer>();
    int unknown = 0;
    int next = 0;
    for (int ending : ends) {
      long end = operations.get(ending).end();
      for (; next < operations.size() && operations.get(next).call() <= end; next++) {
        if (isUnknown(next)) {
          slots[next] = unknown++;
        } else {
          slots[next] = taken.nextClearBit(0);
          taken.set(slots[next]);
        }
        open.add(next);
      }
      answers.add(new Answer(ending, inOrder(ending, open)));
      open.remove(Integer.valueOf(ending));
      taken.clear(slots[ending]);
    }
  }

  /// What ends first is tried first; what nobody heard of is tried last, as most need not be.
  private int[] inOrder(int ending, List<Integer> open) {
    return open.stream()
        .sorted(
            Comparator.comparing((Integer i) -> i != ending)
                .thenComparingLong(i -> operations.get(i).end()))
        .mapToInt(i -> i)
        .toArray();
  }

  /// By the time of their calls; an operation's number is its place here.
  Operation<I, O> operation(int number) {
    return operations.get(number);
  }

  /// Whether nobody knows what became of an operation.
  boolean isUnknown(int operation) {
    return operations.get(operation).end() == Operation.NEVER;
  }

  /// A small number that no other operation of its kind (answered or not) has which is under way at
  /// the same time.
  int slot(int operation) {
    return slots[operation];
  }

  /// The ends of all answered operations.
  List<Answer> answers() {
    return answers;
  }
}
