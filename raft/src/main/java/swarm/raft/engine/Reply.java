package swarm.raft.engine;

import java.util.Arrays;

/// What applying an entry answers to its proposer. It never leaves this process.
sealed interface Reply {
  /// The state machine applied it and returned `bytes`.
  record Applied(byte[] bytes) implements Reply {}

  /// The entry's term was not the one that its command was fenced to: a no-op.
  record Fenced() implements Reply {}

  default byte[] encode() {
    return switch (this) {
      case Fenced() -> new byte[] {1};
      case Applied(byte[] bytes) -> {
        byte[] encoded = new byte[1 + bytes.length];
        System.arraycopy(bytes, 0, encoded, 1, bytes.length);
        yield encoded;
      }
    };
  }

  static Reply decode(byte[] encoded) {
    return encoded[0] == 0
        ? new Applied(Arrays.copyOfRange(encoded, 1, encoded.length))
        : new Fenced();
  }
}
