package swarm.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/// Buffered reading from a blocking channel. `java.nio.channels.Channels` is not used: its two
/// streams of one channel exclude each other, and attach reads and writes at once.
final class ChannelInput extends InputStream {
  /// Longest line of a head; Docker's own daemon sends none beyond a few hundred bytes.
  private static final int LINE_LIMIT = 16 * 1024;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(32 * 1024).flip();

  ChannelInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /// Whether a byte is there, waiting for one; false at the end.
  private boolean fill() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    int n = channel.read(buffer);
    buffer.flip();
    return n > 0;
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, buffer.remaining());
    buffer.get(into, offset, n);
    return n;
  }

  @Override
  public int available() {
    return buffer.remaining();
  }

  /// A line of a head, without its line end.
  String line() throws IOException {
    var line = new StringBuilder();
    for (int b = read(); b != '\n'; b = read()) {
      if (b < 0) {
        throw new IOException("the daemon closed the connection before its answer was complete");
      }
      if (line.length() >= LINE_LIMIT) {
        throw new IOException("the daemon's answer has a line of more than " + LINE_LIMIT + " B");
      }
      line.append((char) b);
    }
    int end = line.length();
    if (end > 0 && line.charAt(end - 1) == '\r') {
      line.setLength(end - 1);
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
