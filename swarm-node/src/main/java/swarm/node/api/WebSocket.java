package swarm.node.api;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import swarm.node.api.error.ApiException;
import swarm.node.api.http.Exchange;

/// The server's side of RFC 6455, as far as attaching needs it: messages are bytes of a stream, so
/// their bounds mean nothing. Output goes in binary messages, as Docker sends it.
final class WebSocket {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int MOST_CONTROL_BYTES = 125;

  private WebSocket() {}

  /// The key of a request that asks for a websocket.
  ///
  /// @throws ApiException 400 for any other request
  static String require(Exchange exchange) throws ApiException {
    String upgrade = exchange.header("Upgrade").orElse("").toLowerCase(Locale.ROOT);
    String version = exchange.header("Sec-WebSocket-Version").orElse("");
    String key = exchange.header("Sec-WebSocket-Key").orElse("");
    if (!upgrade.equals("websocket") || !version.equals("13") || key.isEmpty()) {
      throw ApiException.bad(
          "this is for websockets alone: send Upgrade: websocket, Sec-WebSocket-Version: 13 and a"
              + " Sec-WebSocket-Key");
    }
    return key;
  }

  /// Answers the handshake.
  ///
  /// @return what is in the messages, both ways
  static Exchange.Duplex accept(Exchange exchange, String key) throws IOException {
    Exchange.Duplex raw =
        exchange.upgrade("websocket", Map.of("Sec-WebSocket-Accept", answer(key)));
    var out = new Output(raw.out());
    return new Exchange.Duplex(new Input(raw.in(), out), out);
  }

  static String answer(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /// The bytes of the client's messages; the end at its close.
  private static final class Input extends InputStream {
    private final DataInputStream raw;
    private final Output out;
    private final byte[] mask = new byte[4];
    private long left;
    private int position;
    private boolean ended;

    Input(InputStream raw, Output out) {
      this.raw = new DataInputStream(raw);
      this.out = out;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      while (left == 0 && !ended) {
        head();
      }
      if (ended) {
        return -1;
      }
      int count = raw.read(target, offset, (int) Math.min(length, left));
      if (count < 0) {
        return -1;
      }
      unmask(target, offset, count);
      left -= count;
      return count;
    }

    private void unmask(byte[] bytes, int offset, int count) {
      for (int i = offset; i < offset + count; i++) {
        bytes[i] ^= mask[position++ & 3];
      }
    }

    /// Reads to the next message's bytes; answers those that are about the connection.
    private void head() throws IOException {
      int first = raw.read();
      if (first < 0) {
        ended = true;
        return;
      }
      int second = raw.readUnsignedByte();
      if ((second & MASKED) == 0) {
        throw new IOException("a websocket client must mask what it sends");
      }
      long length = second & ~MASKED;
      if (length == 126) {
        length = raw.readUnsignedShort();
      } else if (length == 127) {
        length = raw.readLong();
      }
      raw.readFully(mask);
      position = 0;
      int opcode = first & 0xf;
      if (opcode >= CLOSE) {
        control(opcode, length);
      } else if (length < 0) {
        throw new IOException("a websocket message of negative length");
      } else {
        left = length;
      }
    }

    private void control(int opcode, long length) throws IOException {
      if (length > MOST_CONTROL_BYTES) {
        throw new IOException("a websocket control message of " + length + " bytes");
      }
      byte[] content = raw.readNBytes((int) length);
      if (content.length < length) {
        throw new EOFException("the connection ended within a websocket message");
      }
      unmask(content, 0, content.length);
      if (opcode == PING) {
        out.send(PONG, content, 0, content.length);
      } else if (opcode == CLOSE) {
        ended = true;
      }
    }
  }

  /// Sends each write as a message; the close at the end.
  private static final class Output extends OutputStream {
    private final OutputStream raw;
    private boolean closed;

    Output(OutputStream raw) {
      this.raw = raw;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        send(BINARY, bytes, offset, length);
      }
    }

    private synchronized void send(int opcode, byte[] bytes, int offset, int length)
        throws IOException {
      int extra = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
      byte[] message = new byte[2 + extra + length];
      message[0] = (byte) (FINAL | opcode);
      message[1] = (byte) (extra == 0 ? length : extra == 2 ? 126 : 127);
      for (int i = 0; i < extra; i++) {
        message[2 + i] = (byte) ((long) length >>> (8 * (extra - 1 - i)));
      }
      System.arraycopy(bytes, offset, message, 2 + extra, length);
      raw.write(message);
    }

    @Override
    public synchronized void close() throws IOException {
      if (!closed) {
        closed = true;
        try (raw) {
          send(CLOSE, new byte[] {(byte) (1000 >> 8), (byte) (1000 & 0xff)}, 0, 2);
        }
      }
    }
  }
}
