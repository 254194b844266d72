package swarm.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/// What the daemon answered; its body is read as it comes. One thread reads; [#output] may be used
/// by another at the same time. Closing it ends the connection.
public final class Answer implements AutoCloseable {
  private final Connection connection;
  private final int status;
  private final Map<String, String> headers;
  private final InputStream body;

  Answer(Connection connection, int status, Map<String, String> headers, InputStream body) {
    this.connection = connection;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /// The HTTP status; 101 where the connection was taken over.
  public int status() {
    return status;
  }

  /// A header's value; empty where the answer has none. `name` is in lower case.
  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  public InputStream body() {
    return body;
  }

  /// The way to the other side of a connection that was taken over. Closing it says that no more
  /// will come, while answers are still read.
  public OutputStream output() {
    return connection.output();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
