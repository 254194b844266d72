package swarm.chaos.check;

import java.util.Locale;
import java.util.Optional;

/// What one client asked, and what came back. What surely had no effect is no operation: whoever
/// records a history leaves it out.
///
/// @param client who asked. A client asks one thing at a time, and nothing more after an operation
///   whose outcome it does not know: it goes on under another number
/// @param call when it was asked, in nanoseconds of a clock that all clients share
/// @param output empty where nobody knows what became of it: it may take effect at any time after
///   its call, or never
/// @param end when the answer was there, in the same nanoseconds; [#NEVER] without one
/// @param <I> what is asked
/// @param <O> what is answered
public record Operation<I, O>(int client, I input, long call, Optional<O> output, long end) {
  /// The end of what has none.
  public static final long NEVER = Long.MAX_VALUE;

  private static final double NANOS_PER_MILLI = 1e6;

  public Operation {
    if (end < call) {
      throw new IllegalArgumentException("ends at " + end + ", before its call at " + call);
    }
    if (output.isEmpty() != (end == NEVER)) {
      throw new IllegalArgumentException("an answer and its time come together: " + input);
    }
  }

  /// One that was answered.
  public static <I, O> Operation<I, O> answered(
      int client, I input, long call, O output, long end) {
    return new Operation<>(client, input, call, Optional.of(output), end);
  }

  /// One of unknown outcome.
  public static <I, O> Operation<I, O> unknown(int client, I input, long call) {
    return new Operation<>(client, input, call, Optional.empty(), NEVER);
  }

  /// One line for people, with times in milliseconds.
  @Override
  public String toString() {
    String when =
        end == NEVER
            ? String.format(Locale.ROOT, "[%.3f ms, never]", call / NANOS_PER_MILLI)
            : String.format(
                Locale.ROOT, "[%.3f, %.3f ms]", call / NANOS_PER_MILLI, end / NANOS_PER_MILLI);
    String answer = output.map(Object::toString).orElse("outcome unknown");
    return when + " client " + client + ": " + input + " -> " + answer;
  }
}
