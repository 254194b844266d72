package swarm.cli.client;

import java.io.IOException;
import java.io.InputStream;

/// An answer's body: so many bytes, chunks (RFC 9112, section 7.1), or all until the connection
/// ends.
final class BodyInput extends InputStream {
  private enum Framing {
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final ChannelInput in;
  private final Framing framing;
  private long left;
  private boolean ended;
  private boolean first = true;

  private BodyInput(ChannelInput in, Framing framing, long left) {
    this.in = in;
    this.framing = framing;
    this.left = left;
  }

  static BodyInput ofLength(ChannelInput in, long length) {
    return new BodyInput(in, Framing.LENGTH, length);
  }

  static BodyInput chunked(ChannelInput in) {
    return new BodyInput(in, Framing.CHUNKED, 0);
  }

  static BodyInput untilClose(ChannelInput in) {
    return new BodyInput(in, Framing.UNTIL_CLOSE, 0);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    return switch (framing) {
      case UNTIL_CLOSE -> in.read(into, offset, length);
      case LENGTH -> left == 0 ? -1 : part(into, offset, length);
      case CHUNKED -> {
        if (left == 0 && !ended) {
          nextChunk();
        }
        yield ended ? -1 : part(into, offset, length);
      }
    };
  }

  private int part(byte[] into, int offset, int length) throws IOException {
    int n = in.read(into, offset, (int) Math.min(length, left));
    if (n < 0) {
      throw new IOException("the daemon closed the connection in the middle of its answer");
    }
    left -= n;
    return n;
  }

  private void nextChunk() throws IOException {
    if (!first && !in.line().isEmpty()) {
      throw new IOException("the daemon's answer has a chunk that is longer than it says");
    }
    first = false;
    String size = in.line();
    int extension = size.indexOf(';');
    try {
      left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
    } catch (NumberFormatException e) {
      throw new IOException("the daemon's answer has a chunk of size '" + size + "'", e);
    }
    if (left < 0) {
      throw new IOException("the daemon's answer has a chunk of size '" + size + "'");
    }
    if (left == 0) {
      ended = true;
      while (!in.line().isEmpty()) {
        // trailers mean nothing here
      }
    }
  }

  @Override
  public int available() throws IOException {
    return switch (framing) {
      case UNTIL_CLOSE -> in.available();
      case LENGTH, CHUNKED -> (int) Math.min(left, in.available());
    };
  }
}
