package swarm.chaos.workload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// An HTTP server on a unix socket that answers as a test says: one request on each connection.
final class HttpOnSocket implements AutoCloseable {
  /// Answers a request; where it is empty, the connection is closed without an answer.
  @FunctionalInterface
  interface Handler {
    Optional<Reply> handle(Request request);
  }

  record Request(String method, String target, String body) {}

  record Reply(int status, String body) {}

  private final ServerSocketChannel server;
  private final Handler handler;

  HttpOnSocket(Path socket, Handler handler) throws IOException {
    this.handler = handler;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (ClosedChannelException _) {
      // the test is over
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      Optional<Reply> reply = handler.handle(read(client));
      if (reply.isPresent()) {
        String body = reply.get().body();
        String head = "HTTP/1.1 " + reply.get().status() + " -\r\nContent-Length: ";
        byte[] all =
            (head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
        for (ByteBuffer rest = ByteBuffer.wrap(all); rest.hasRemaining(); ) {
          client.write(rest);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Request read(SocketChannel client) throws IOException {
    var all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    while (true) {
      String text = all.toString(StandardCharsets.ISO_8859_1);
      int head = text.indexOf("\r\n\r\n");
      if (head > 0) {
        String length = text.replaceFirst("(?s).*Content-Length: (\\d+)\r\n.*", "$1");
        if (text.length() == head + 4 + Integer.parseInt(length)) {
          String[] line = text.split(" ", 3);
          return new Request(line[0], line[1], text.substring(head + 4));
        }
      }
      if (client.read(buffer.clear()) < 0) {
        throw new IOException("the request ended early: " + text);
      }
      all.write(buffer.array(), 0, buffer.position());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
