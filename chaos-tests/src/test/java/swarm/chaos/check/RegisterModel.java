package swarm.chaos.check;

import java.util.Optional;

/// A register of a number with compare-and-set, at first 0: the smallest object with everything
/// that can go wrong.
final class RegisterModel implements Model<Integer, RegisterModel.Call, Integer> {
  /// What a write answers, and a compare-and-set that set.
  static final int DONE = 1;

  /// What a compare-and-set answers that met another value.
  static final int REFUSED = 0;

  sealed interface Call {}

  /// Answers the value.
  record Read() implements Call {}

  record Write(int value) implements Call {}

  record Cas(int expected, int value) implements Call {}

  @Override
  public Integer initial() {
    return 0;
  }

  @Override
  public Optional<Integer> step(Integer state, Call call, Integer output) {
    return switch (call) {
      case Read _ -> state.equals(output) ? Optional.of(state) : Optional.empty();
      case Write write -> Optional.of(write.value());
      case Cas cas -> {
        boolean set = state == cas.expected();
        yield set == (output == DONE) ? Optional.of(set ? cas.value() : state) : Optional.empty();
      }
    };
  }

  @Override
  public Optional<Integer> effect(Integer state, Call call) {
    return switch (call) {
      case Read _ -> Optional.empty();
      case Write write -> Optional.of(write.value());
      case Cas cas -> state == cas.expected() ? Optional.of(cas.value()) : Optional.empty();
    };
  }
}
