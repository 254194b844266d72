package swarm.cli.client;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads Docker's multiplexed output: before each part eight bytes, the stream's number, three
/// zeros and the part's length, big-endian.
public final class FrameReader {
  /// Longest part; Docker's daemons send none beyond a log line (16 KiB) or a pipe's buffer.
  private static final int LIMIT = 64 * 1024 * 1024;

  private final InputStream in;

  public FrameReader(InputStream in) {
    this.in = in;
  }

  /// A part of the output.
  ///
  /// @param stream 1 for standard output, 2 for standard error
  public record Frame(int stream, byte[] data) {}

  /// The next part, waited for; null at the end.
  public @Nullable Frame next() throws IOException {
    byte[] head = in.readNBytes(8);
    if (head.length == 0) {
      return null;
    }
    if (head.length < 8) {
      throw new IOException("the output ended in the middle of a frame");
    }
    if (head[0] == 3) {
      throw new IOException("the daemon ended the output: " + text(length(head)));
    }
    if (head[0] < 0 || head[0] > 2) {
      throw new IOException(
          "the output is not multiplexed: a frame is of stream " + head[0] + ", not 0, 1 or 2");
    }
    int length = length(head);
    byte[] data = in.readNBytes(length);
    if (data.length < length) {
      throw new IOException("the output ended in the middle of a frame");
    }
    return new Frame(head[0], data);
  }

  private static int length(byte[] head) throws IOException {
    int length =
        (head[4] & 0xff) << 24 | (head[5] & 0xff) << 16 | (head[6] & 0xff) << 8 | (head[7] & 0xff);
    if (length < 0 || length > LIMIT) {
      throw new IOException("a frame of " + (length & 0xffffffffL) + " B exceeds " + LIMIT + " B");
    }
    return length;
  }

  private String text(int length) throws IOException {
    return new String(in.readNBytes(length), java.nio.charset.StandardCharsets.UTF_8);
  }
}
