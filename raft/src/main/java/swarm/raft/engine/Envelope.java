package swarm.raft.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// What is sealed into a log entry: a command and the term it is fenced to.
///
/// Layout: format (1 byte), fence (8 bytes, `0` for none: terms of leaders begin at 1), and in
/// format `1` the command, in format `2` its length (4 bytes) and the command compressed (zlib).
/// Sealing and opening cost a second for 15 MB on the quick compiler, and what comes in masses
/// shrinks to an eighth, so large commands are compressed: a member reads its log back in a third
/// of the time.
///
/// @param fence the only term in which the command may take effect, or [#NO_FENCE]
record Envelope(long fence, byte[] command) {
  static final long NO_FENCE = 0;

  private static final int HEADER = 1 + Long.BYTES;
  private static final byte PLAIN = 1;
  private static final byte COMPRESSED = 2;

  /// Smaller ones are not worth the set-up of a compressor.
  private static final int COMPRESSED_FROM = 2048;

  /// What a length may say; far above every [Limits#maxCommandBytes()].
  private static final int LONGEST = 64 * 1024 * 1024;

  byte[] encode() {
    byte[] small = command.length < COMPRESSED_FROM ? command : compressed();
    boolean smaller = small.length + Integer.BYTES < command.length;
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + (smaller ? Integer.BYTES + small.length : command.length))
            .put(smaller ? COMPRESSED : PLAIN)
            .putLong(fence);
    if (smaller) {
      out.putInt(command.length);
    }
    return out.put(smaller ? small : command).array();
  }

  private byte[] compressed() {
    try (var deflater = new Deflater(Deflater.BEST_SPEED)) {
      deflater.setInput(command);
      deflater.finish();
      var out = new ByteArrayOutputStream(command.length / 4);
      byte[] buffer = new byte[16 * 1024];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  /// @throws IllegalStateException for a format of a newer version: this member must stop rather
  ///   than let its state part from the others'
  static Envelope decode(byte[] bytes) {
    byte format = bytes.length < HEADER ? 0 : bytes[0];
    return switch (format) {
      case PLAIN -> new Envelope(fence(bytes), Arrays.copyOfRange(bytes, HEADER, bytes.length));
      case COMPRESSED -> new Envelope(fence(bytes), inflated(bytes));
      default ->
          throw new IllegalStateException(
              "A log entry has "
                  + bytes.length
                  + " bytes and format "
                  + (bytes.length == 0 ? "none" : bytes[0])
                  + "; this version knows formats "
                  + PLAIN
                  + " and "
                  + COMPRESSED
                  + ". Upgrade this member.");
    };
  }

  private static long fence(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong(1);
  }

  private static byte[] inflated(byte[] bytes) {
    int length = bytes.length < HEADER + Integer.BYTES ? -1 : ByteBuffer.wrap(bytes).getInt(HEADER);
    if (length < 0 || length > LONGEST) {
      throw new IllegalStateException(
          "A log entry's command has " + length + " bytes; at most " + LONGEST + " are allowed.");
    }
    byte[] command = new byte[length];
    try (var inflater = new Inflater()) {
      int at = HEADER + Integer.BYTES;
      inflater.setInput(bytes, at, bytes.length - at);
      int count = inflater.inflate(command);
      if (count < length || inflater.inflate(new byte[1]) > 0 || !inflater.finished()) {
        throw new IllegalStateException("A log entry's command has not " + length + " bytes.");
      }
    } catch (DataFormatException e) {
      throw new IllegalStateException("A log entry's command cannot be decompressed.", e);
    }
    return command;
  }

  /// Whether the command may take effect in an entry of `term`: the same answer on every member,
  /// because an entry's term is.
  boolean allowedIn(long term) {
    return fence == NO_FENCE || fence == term;
  }
}
