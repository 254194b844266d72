package swarm.raft.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// What is sealed into a log entry: a command and the term it is fenced to.
///
/// Layout: format (1 byte, `1`), fence (8 bytes, `0` for none: terms of leaders begin at 1),
/// command.
///
/// @param fence the only term in which the command may take effect, or [#NO_FENCE]
record Envelope(long fence, byte[] command) {
  static final long NO_FENCE = 0;
  static final int OVERHEAD = 1 + Long.BYTES;

  private static final byte FORMAT = 1;

  byte[] encode() {
    return ByteBuffer.allocate(OVERHEAD + command.length)
        .put(FORMAT)
        .putLong(fence)
        .put(command)
        .array();
  }

  /// @throws IllegalStateException for a format of a newer version: this member must stop rather
  ///   than let its state part from the others'
  static Envelope decode(byte[] bytes) {
    if (bytes.length < OVERHEAD || bytes[0] != FORMAT) {
      throw new IllegalStateException(
          "A log entry has "
              + bytes.length
              + " bytes and format "
              + (bytes.length == 0 ? "none" : bytes[0])
              + "; this version knows format "
              + FORMAT
              + ". Upgrade this member.");
    }
    return new Envelope(
        ByteBuffer.wrap(bytes).getLong(1), Arrays.copyOfRange(bytes, OVERHEAD, bytes.length));
  }

  /// Whether the command may take effect in an entry of `term`: the same answer on every member,
  /// because an entry's term is.
  boolean allowedIn(long term) {
    return fence == NO_FENCE || fence == term;
  }
}
