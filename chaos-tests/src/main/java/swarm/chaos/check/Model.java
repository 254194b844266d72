package swarm.chaos.check;

import java.util.Optional;

/// What an object does when operations come one after the other: its sequential specification
/// (Herlihy & Wing 1990). Pure; two states are the same where they are equal.
///
/// @param <S> the object's state
/// @param <I> what is asked
/// @param <O> what is answered
public interface Model<S, I, O> {
  /// The state before every operation.
  S initial();

  /// The state after an operation with this answer; empty where the object cannot answer so in this
  /// state.
  Optional<S> step(S state, I input, O output);

  /// The state after an operation whose answer nobody heard; empty where it changes nothing, which
  /// is the same as if it had never been.
  Optional<S> effect(S state, I input);
}
