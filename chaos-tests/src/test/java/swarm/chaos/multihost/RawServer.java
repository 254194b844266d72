package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import swarm.chaos.cluster.TestCluster;

/// A server of HTTP, a neighbour of the hosts, that answers as a test says: also what no server
/// should. Each connection is for one request.
final class RawServer implements AutoCloseable {
  /// The neighbour's.
  static final String HOST = "10.77.0.254";

  /// In a namespace of the cluster's own, so that no other program has it.
  static final int PORT = 8077;

  static final String ADDRESS = HOST + ":" + PORT;

  private static final byte[] NOT_FOUND =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(ISO_8859_1);

  /// What is sent. The connection is closed after it.
  @FunctionalInterface
  interface Answer {
    void to(OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  private final Thread accepting;

  private RawServer(ServerSocket server) {
    this.server = server;
    this.accepting = Thread.ofVirtual().name("raw-server").unstarted(this::accept);
  }

  static RawServer open(TestCluster cluster) throws IOException {
    var raw =
        new RawServer(
            cluster.asNeighbour(() -> new ServerSocket(PORT, 50, InetAddress.ofLiteral(HOST))));
    raw.accepting.start();
    return raw;
  }

  void on(String path, Answer answer) {
    answers.put(path, answer);
  }

  /// Everything, honestly.
  static Answer whole(String type, byte[] content) {
    return out -> {
      out.write(head(type, content.length));
      out.write(content);
    };
  }

  /// Promises all of it, and sends a part.
  static Answer cut(String type, byte[] content, int after) {
    return out -> {
      out.write(head(type, content.length));
      out.write(content, 0, after);
    };
  }

  /// Bytes as they are, `|` standing for an end of line.
  static Answer raw(String bytes) {
    return out -> out.write(bytes.replace("|", "\r\n").getBytes(ISO_8859_1));
  }

  /// The same, after which nothing comes until the end.
  Answer silentAfter(Answer answer) {
    return out -> {
      answer.to(out);
      out.flush();
      end.await();
    };
  }

  private static byte[] head(String type, int length) {
    return ("HTTP/1.1 200 OK\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + length
            + "\r\nConnection: close\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket one = server.accept();
        open.add(one);
        Thread.ofVirtual().name("raw-server").start(() -> answer(one));
      } catch (IOException _) {
        // closed
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      String path = path(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      answers.getOrDefault(path, to -> to.write(NOT_FOUND)).to(out);
      out.flush();
      connection.shutdownOutput();
    } catch (IOException | InterruptedException _) {
      // the client's end, or the server's
    } finally {
      open.remove(connection);
    }
  }

  /// Reads the head of a request.
  private static String path(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("no request");
      }
      head.append((char) c);
    }
    return head.toString().split(" ", 3)[1].split("\\?", 2)[0];
  }

  @Override
  public void close() throws IOException {
    goAway();
  }

  /// Hangs up on everybody, and does not listen any more.
  void goAway() throws IOException {
    server.close();
    try {
      accepting.join(); // who accepts holds the port until then
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    end.countDown();
    for (Socket one : open) {
      one.close();
    }
  }
}
