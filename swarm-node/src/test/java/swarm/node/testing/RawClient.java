package swarm.node.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A client that says exactly the bytes it is told to, so that it can misbehave.
public final class RawClient implements AutoCloseable {
  /// @param headers by lower-case name
  public record Answer(int status, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final SocketChannel socket;
  private final InputStream in;

  public RawClient(Path server) throws IOException {
    socket = SocketChannel.open(UnixDomainSocketAddress.of(server));
    in = Channels.newInputStream(socket);
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      socket.write(buffer);
    }
    return this;
  }

  /// Sends part of a chunked body.
  public RawClient chunk(byte[] bytes) throws IOException {
    return send(Integer.toHexString(bytes.length) + "\r\n").send(bytes).send("\r\n");
  }

  /// Sends as long as the server takes it; returns how much it took before it wanted no more.
  public long sendUntilRefused(byte[] piece, long most) throws IOException {
    long sent = 0;
    try {
      while (sent < most) {
        send(piece);
        sent += piece.length;
      }
    } catch (IOException _) {
      // the server has answered and hung up: the answer can still be read
    }
    return sent;
  }

  /// Sends until the server takes no more; returns how much it took.
  public long sendUntilBlocked(byte[] piece) throws IOException {
    socket.configureBlocking(false);
    try {
      long sent = 0;
      int idle = 0;
      while (idle < 100) {
        int now = socket.write(ByteBuffer.wrap(piece));
        sent += now;
        idle = now == 0 ? idle + 1 : 0;
        if (now == 0) {
          java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
      }
      return sent;
    } finally {
      socket.configureBlocking(true);
    }
  }

  /// Ends this side's sending.
  public RawClient endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /// Reads status and headers; -1 as status where the connection ended instead.
  public Answer head() throws IOException {
    String status = line();
    if (status.isEmpty()) {
      return new Answer(-1, Map.of(), "");
    }
    var headers = new TreeMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Answer(Integer.parseInt(status.split(" ")[1]), headers, "");
  }

  /// Reads one whole answer.
  public Answer answer() throws IOException {
    return answer("GET");
  }

  /// Reads one whole answer to a request of this method.
  public Answer answer(String method) throws IOException {
    Answer head = head();
    byte[] body = new byte[0];
    if (!method.equals("HEAD") && head.header("transfer-encoding").equals("chunked")) {
      body = chunks();
    } else if (!method.equals("HEAD") && !head.header("content-length").isEmpty()) {
      body = bytes(Integer.parseInt(head.header("content-length")));
    }
    return new Answer(head.status(), head.headers(), new String(body, StandardCharsets.UTF_8));
  }

  private byte[] chunks() throws IOException {
    var all = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      all.writeBytes(bytes(size));
      line();
      if (size == 0) {
        return all.toByteArray();
      }
    }
  }

  /// Reads one chunk of a streaming answer.
  public String chunk() throws IOException {
    int size = Integer.parseInt(line(), 16);
    String text = new String(bytes(size), StandardCharsets.UTF_8);
    line();
    return text;
  }

  public byte[] bytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("the connection ended " + (count - bytes.length) + " bytes early");
    }
    return bytes;
  }

  /// Everything until the server ends the connection.
  public byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
