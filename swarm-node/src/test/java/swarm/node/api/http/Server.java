package swarm.node.api.http;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import swarm.node.rpc.EventLoops;
import swarm.node.testing.Await;
import swarm.node.testing.RawClient;

/// A server on a socket of its own whose answers the test writes, by path.
final class Server implements AutoCloseable {
  private final EventLoops loops = new EventLoops();
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();
  private final HttpServer server;
  final Path socket;

  /// What handlers ended with, if not well.
  final List<Throwable> failures = new CopyOnWriteArrayList<>();

  Server(Path folder) throws IOException {
    socket = folder.resolve("run/test.sock");
    server = new HttpServer(socket, loops, this::handle);
    on("/ping", exchange -> exchange.respond(200, "text/plain", text("pong")));
    on("/echo", exchange -> exchange.respond(200, "text/plain", exchange.body().readAllBytes()));
  }

  static byte[] text(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  Server on(String path, HttpHandler handler) {
    handlers.put(path, handler);
    return this;
  }

  private void handle(Exchange exchange) throws IOException {
    running.incrementAndGet();
    try {
      HttpHandler handler = handlers.get(exchange.path());
      if (handler == null) {
        exchange.respond(404, "text/plain", text("no " + exchange.path()));
      } else {
        handler.handle(exchange);
      }
    } catch (IOException | RuntimeException | Error e) {
      failures.add(e);
      throw e;
    } finally {
      running.decrementAndGet();
    }
  }

  /// Whether other clients are served.
  boolean serves() throws IOException {
    try (var other = client()) {
      return get(other, "/ping").body().equals("pong");
    }
  }

  /// Waits until no handler runs any more.
  void awaitQuiet() {
    Await.until("every handler has ended", () -> running.get() == 0);
  }

  /// Waits until a handler ended with such an error.
  void awaitFailure(Class<? extends Throwable> type, String message) {
    Await.until(
        "a handler failed with " + type.getSimpleName() + ": " + message,
        () ->
            failures.stream()
                .anyMatch(
                    f -> type.isInstance(f) && String.valueOf(f.getMessage()).contains(message)));
  }

  RawClient client() throws IOException {
    return new RawClient(socket);
  }

  static RawClient.Answer get(RawClient client, String path) throws IOException {
    return client.send("GET " + path + " HTTP/1.1\r\nHost: d\r\n\r\n").answer();
  }

  /// Stops it as the daemon does.
  @Override
  public void close() throws IOException {
    server.close();
    loops.close();
  }
}
