package swarm.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// Decides whether a history is linearizable: whether each operation can have taken effect at one
/// moment between its call and its answer, so that a sequential object answers the same.
///
/// The algorithm is Wing and Gong's search (1993, "Testing and verifying concurrent objects"),
/// which goes depth first through the orders of what is concurrent and turns back where the model
/// cannot answer as the object did, with both of Lowe's improvements (2017, "Testing for
/// linearizability"):
///
/// - a configuration (which operations have taken effect, as a bit set, and the state) is searched
///   once, as in Porcupine and in Knossos' `wgl`: what follows does not depend on how it was come
///   by;
/// - an operation takes effect just in time, as in Knossos' `linear`: only where an answer must be
///   explained. So what is pending for ever, as every operation of unknown outcome, is tried last,
///   and a bit set has as many bits as operations are under way, not as the history has.
///
/// Of two configurations that differ only in which operations of unknown outcome have taken effect,
/// one with fewer of them can do all that the other can, as these need never take effect: where it
/// was searched, the other is not.
///
/// Objects are checked one by one ([#checkEach]): a history is linearizable exactly where its part
/// on each object is (Herlihy & Wing 1990, theorem 1; Horn & Kroening 2015 on what that saves).
///
/// The problem is NP-complete (Gibbons & Korach 1997), so the work has a bound that the caller
/// sets.
public final class Linearizability {
  private Linearizability() {}

  /// Checks the history of one object.
  ///
  /// @param history in any order
  /// @param maxSteps how many times the model may be asked; each time may remember one more
  ///   configuration
  /// @throws IllegalArgumentException where a client did two things at a time
  public static <S, I, O> Verdict<I, O> check(
      Model<S, I, O> model, List<Operation<I, O>> history, long maxSteps) {
    return new Search<>(model, new Schedule<>(history), maxSteps).run();
  }

  /// Checks the history of several objects, each of which is as the model says.
  ///
  /// @param key of the object that an operation is on
  /// @param maxSteps for each object
  /// @return by key
  public static <K extends Comparable<K>, S, I, O> SortedMap<K, Verdict<I, O>> checkEach(
      Model<S, I, O> model, List<Operation<I, O>> history, Function<I, K> key, long maxSteps) {
    var parts = new TreeMap<K, List<Operation<I, O>>>();
    for (Operation<I, O> operation : history) {
      parts.computeIfAbsent(key.apply(operation.input()), _ -> new ArrayList<>()).add(operation);
    }
    var verdicts = new TreeMap<K, Verdict<I, O>>();
    parts.forEach((object, part) -> verdicts.put(object, check(model, part, maxSteps)));
    return verdicts;
  }
}
