package swarm.chaos.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// One HTTP/1.1 request on a connection of its own (RFC 9112), over TCP or a unix socket, which the
/// JDK's client cannot do. The connection is made on the calling thread, in its network namespace.
public final class HttpCall {
  private static final int BUFFER_BYTES = 64 * 1024;

  private HttpCall() {}

  /// What came back.
  ///
  /// @param status such as 200
  /// @param head status line and headers
  public record Answer(int status, List<String> head, byte[] body) {
    /// A header; empty where there is none.
    public String header(String name) {
      return HttpCall.header(head, name);
    }

    /// As the server names it; empty where it names none.
    public String contentType() {
      return header("content-type");
    }

    /// The body as UTF-8.
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /// Sends the request and reads the whole answer.
  ///
  /// @param target path and query
  /// @param type the body's content type
  /// @param limit for connecting, sending and reading together
  /// @throws NotSentException where there was no connection
  /// @throws IOException where no whole answer came within the limit
  public static Answer send(
      SocketAddress address, String method, String target, String type, byte[] body, Duration limit)
      throws IOException {
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    try (TimedChannel channel = connect(address, limit)) {
      channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8)));
      writeBody(channel, body);
      return parse(readAll(channel), !method.equals("HEAD"));
    }
  }

  private static TimedChannel connect(SocketAddress address, Duration limit)
      throws NotSentException {
    try {
      return TimedChannel.connect(address, limit);
    } catch (IOException e) {
      throw new NotSentException(String.valueOf(e.getMessage()), e);
    }
  }

  /// A server that refuses a body answers before it has read it, and closes: the answer counts.
  private static void writeBody(TimedChannel channel, byte[] body) throws IOException {
    try {
      channel.write(ByteBuffer.wrap(body));
    } catch (SocketException | ClosedChannelException _) {
      // reading tells what the server had to say, or why there is nothing
    } catch (IOException e) {
      if (!"Broken pipe".equals(e.getMessage())) {
        throw e;
      }
    }
  }

  private static byte[] readAll(TimedChannel channel) throws IOException {
    var all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (channel.read(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    } catch (SocketException e) {
      // A server that did not read the whole body resets after its answer: its length tells whether
      // the answer is whole.
      if (all.size() == 0) {
        throw e;
      }
    }
    return all.toByteArray();
  }

  /// Parses an answer that ended with its connection.
  static Answer parse(byte[] raw) throws IOException {
    return parse(raw, true);
  }

  /// @param withBody whether the length in its head is that of a body that follows: not after HEAD
  private static Answer parse(byte[] raw, boolean withBody) throws IOException {
    int end = headEnd(raw);
    String head = new String(raw, 0, end, StandardCharsets.UTF_8);
    List<String> lines = List.of(head.split("\r\n"));
    String[] first = lines.getFirst().split(" ", 3);
    if (first.length < 2 || !first[0].startsWith("HTTP/1.") || !first[1].matches("\\d{3}")) {
      throw new IOException("not an HTTP answer: " + lines.getFirst());
    }
    byte[] body = Arrays.copyOfRange(raw, end + 4, raw.length);
    String length = header(lines, "content-length");
    if (header(lines, "transfer-encoding").equals("chunked")) {
      body = unchunk(body);
    } else if (withBody && !length.isEmpty() && body.length < Integer.parseInt(length)) {
      throw new IOException("the answer ended after " + body.length + " of " + length + " bytes");
    }
    return new Answer(Integer.parseInt(first[1]), lines, body);
  }

  private static int headEnd(byte[] raw) throws IOException {
    for (int i = 0; i + 3 < raw.length; i++) {
      if (raw[i] == '\r' && raw[i + 1] == '\n' && raw[i + 2] == '\r' && raw[i + 3] == '\n') {
        return i;
      }
    }
    throw new IOException("the connection ended before an answer (" + raw.length + " bytes)");
  }

  private static String header(List<String> lines, String name) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }

  private static byte[] unchunk(byte[] body) throws IOException {
    var all = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int lineEnd = at;
      while (lineEnd < body.length && body[lineEnd] != '\r') {
        lineEnd++;
      }
      String size = new String(body, at, lineEnd - at, StandardCharsets.US_ASCII).split(";", 2)[0];
      if (size.isEmpty()) {
        throw new IOException("the answer ended within its chunks");
      }
      int count = Integer.parseInt(size.strip(), 16);
      at = lineEnd + 2;
      if (count == 0) {
        return all.toByteArray();
      }
      if (at + count > body.length) {
        throw new IOException("the answer ended within a chunk");
      }
      all.write(body, at, count);
      at += count + 2;
    }
  }
}
