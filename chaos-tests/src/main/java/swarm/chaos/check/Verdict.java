package swarm.chaos.check;

import java.util.List;

/// Whether a history is linearizable.
///
/// @param <I> what is asked
/// @param <O> what is answered
public sealed interface Verdict<I, O> {
  /// It is.
  ///
  /// @param order one that explains every answer; operations of unknown outcome that are not in it
  ///   need never have taken effect
  record Linearizable<I, O>(List<Operation<I, O>> order) implements Verdict<I, O> {
    @Override
    public String toString() {
      return "linearizable (" + order.size() + " operations)";
    }
  }

  /// It is not: no order explains all that was answered up to the end of `unexplained`, while one
  /// explains all that was answered before.
  ///
  /// @param prefix the longest order that was found of operations before it
  /// @param unexplained whose answer is the first that fits in no order
  /// @param pending the others under way then that are not in the prefix
  /// @param states what the object could be when `unexplained` ended, without it
  record NotLinearizable<I, O>(
      List<Operation<I, O>> prefix,
      Operation<I, O> unexplained,
      List<Operation<I, O>> pending,
      List<String> states)
      implements Verdict<I, O> {
    private static final int SHOWN = 12;

    /// Several lines for people.
    @Override
    public String toString() {
      var text = new StringBuilder("not linearizable: no order of the operations explains\n");
      line(text, unexplained);
      text.append("whatever explains all answers before it leaves one of these states:\n");
      states.stream().limit(SHOWN).forEach(state -> line(text, state));
      int from = Math.max(0, prefix.size() - SHOWN);
      text.append("such an order, its last ").append(prefix.size() - from);
      text.append(" of ").append(prefix.size()).append(":\n");
      prefix.subList(from, prefix.size()).forEach(operation -> line(text, operation));
      if (!pending.isEmpty()) {
        text.append("under way at that time, and of no help before or after it:\n");
        pending.forEach(operation -> line(text, operation));
      }
      return text.toString();
    }

    private static void line(StringBuilder text, Object what) {
      text.append("  ").append(what).append('\n');
    }
  }

  /// The work that was allowed did not tell.
  ///
  /// @param steps how many times the model was asked
  /// @param explained how many answers were explained at most
  /// @param answers how many there are
  record Unknown<I, O>(long steps, int explained, int answers) implements Verdict<I, O> {
    @Override
    public String toString() {
      return "not known after "
          + steps
          + " steps, which explained "
          + explained
          + " of "
          + answers
          + " answers: allow more, or record fewer operations of unknown outcome";
    }
  }
}
