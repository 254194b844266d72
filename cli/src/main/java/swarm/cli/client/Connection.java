package swarm.cli.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// One connection for one request (RFC 9112). A new one costs some tens of microseconds on a unix
/// socket, so none is kept.
final class Connection implements Closeable {
  private static final int BUFFER = 32 * 1024;

  private final Wire wire;
  private final ChannelInput input;
  private final OutputStream output;

  private Connection(Wire wire) {
    this.wire = wire;
    this.input = wire.input();
    this.output = wire.output();
  }

  static Connection open(Endpoint endpoint) throws DaemonUnreachableException {
    try {
      return new Connection(Wire.open(endpoint));
    } catch (IOException | IllegalArgumentException e) {
      var failure =
          new DaemonUnreachableException(
              switch (endpoint) {
                case Endpoint.Unix unix -> why(unix, e);
                case Endpoint.Tcp tcp -> why(tcp, e);
              });
      failure.initCause(e);
      throw failure;
    }
  }

  private static String why(Endpoint.Tcp endpoint, Exception e) {
    return "Cannot connect to the swarm daemon at "
        + endpoint
        + " ("
        + e.getMessage()
        + "). It must have been started with --host tcp://..., and over TCP both sides show"
        + " certificates: --tlsverify, --tlscacert, --tlscert and --tlskey.";
  }

  private static String why(Endpoint.Unix endpoint, Exception e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("Permission denied")
        || (Files.exists(endpoint.socket()) && !Files.isWritable(endpoint.socket()))) {
      return "permission denied while trying to connect to the swarm daemon at "
          + endpoint
          + ". Run the command as root.";
    }
    if (message.contains("too long")) {
      return "The path of " + endpoint + " is too long for a unix socket (108 bytes).";
    }
    return "Cannot connect to the swarm daemon at "
        + endpoint
        + ". Start it with 'systemctl start swarm' or 'swarm daemon' (as root).";
  }

  OutputStream output() {
    return output;
  }

  /// Sends a request and reads the head of its answer.
  Answer exchange(Request request) throws IOException {
    // HTTP/1.1 wants a Host; Docker's clients send this name over unix sockets
    var head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    head.append("Host: api.swarm.localhost\r\nUser-Agent: swarm-client\r\n");
    request
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    InputStream stream = request.stream();
    if (stream != null) {
      head.append("Transfer-Encoding: chunked\r\n\r\n");
      output.write(head.toString().getBytes(StandardCharsets.UTF_8));
      return upload(request, stream);
    }
    byte[] body = request.body();
    if (body.length > 0 || !request.method().equals("GET")) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    output.write(all);
    return answer(request);
  }

  /// A daemon that refuses what it is being sent answers before the end and closes: its answer says
  /// more than the broken pipe.
  private Answer upload(Request request, InputStream stream) throws IOException {
    var buffer = new byte[BUFFER];
    IOException broken = null;
    while (broken == null) {
      int n = stream.readNBytes(buffer, 0, buffer.length);
      try {
        if (n == 0) {
          output.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          break;
        }
        output.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        output.write(buffer, 0, n);
        output.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        broken = e;
      }
    }
    try {
      return answer(request);
    } catch (IOException e) {
      if (broken != null) {
        broken.addSuppressed(e);
        throw broken;
      }
      throw e;
    }
  }

  private Answer answer(Request request) throws IOException {
    String line = input.line();
    int status = status(line);
    while (status == 100) {
      headers();
      line = input.line();
      status = status(line);
    }
    Map<String, String> headers = headers();
    return new Answer(this, status, headers, body(request, status, headers));
  }

  private static int status(String line) throws IOException {
    String[] parts = line.split(" ", 3);
    if (parts.length >= 2 && parts[0].startsWith("HTTP/1.") && parts[1].matches("[1-5]\\d\\d")) {
      return Integer.parseInt(parts[1]);
    }
    throw new IOException("what listens there does not speak HTTP: it answered '" + line + "'");
  }

  private Map<String, String> headers() throws IOException {
    var all = new HashMap<String, String>();
    for (String line = input.line(); !line.isEmpty(); line = input.line()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("the daemon's answer has a header '" + line + "'");
      }
      all.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return all;
  }

  private InputStream body(Request request, int status, Map<String, String> headers)
      throws IOException {
    boolean takenOver = request.headers().containsKey("Upgrade") && status < 300;
    if (takenOver) {
      return input; // whether it said 101 or, as old daemons do, 200
    }
    if (status == 204 || status == 304 || request.method().equals("HEAD")) {
      return BodyInput.ofLength(input, 0);
    }
    if (headers
        .getOrDefault("transfer-encoding", "")
        .toLowerCase(Locale.ROOT)
        .endsWith("chunked")) {
      return BodyInput.chunked(input);
    }
    String length = headers.get("content-length");
    if (length == null) {
      return BodyInput.untilClose(input);
    }
    try {
      return BodyInput.ofLength(input, Long.parseUnsignedLong(length));
    } catch (NumberFormatException e) {
      throw new IOException("the daemon's answer has Content-Length '" + length + "'", e);
    }
  }

  @Override
  public void close() throws IOException {
    wire.whole().close();
  }
}
