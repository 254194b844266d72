package swarm.runtime.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A registry that answers as a test says, on a port of its own of this machine's loopback.
final class LyingRegistry implements AutoCloseable {
  /// What was asked for.
  ///
  /// @param authorization empty for none
  /// @param range empty for none
  /// @param method of HTTP
  /// @param query empty for none
  record Asked(String path, String authorization, String range, String method, String query) {}

  /// An answer. The exchange is closed after it.
  @FunctionalInterface
  interface Handler {
    void answer(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Handler otherwise = status(404);

  LyingRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      asked.add(
          new Asked(
              path,
              header(exchange, "Authorization"),
              header(exchange, "Range"),
              exchange.getRequestMethod(),
              Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("")));
      handlers.getOrDefault(path, otherwise).answer(exchange);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /// An image of this registry.
  Reference reference(String name) throws ImageException {
    return Reference.parse(host() + "/" + name);
  }

  void on(String path, Handler handler) {
    handlers.put(path, handler);
  }

  /// What answers everything else.
  void otherwise(Handler handler) {
    otherwise = handler;
  }

  /// Everything that was asked for, in order.
  List<Asked> asked() {
    return asked;
  }

  /// How often a path was asked for.
  long count(String path) {
    return asked.stream().filter(a -> a.path().equals(path)).count();
  }

  /// Serves `app:1` honestly.
  void serve(TestImage image) {
    serve("app", "1", image);
  }

  void serve(String repository, String tag, TestImage image) {
    on(manifest(repository, tag), whole(image.manifest()));
    on(manifest(repository, ContentStore.digestOf(image.manifest())), whole(image.manifest()));
    image.content().forEach((digest, blob) -> on(blob(repository, digest), whole(blob)));
  }

  static String manifest(String repository, String target) {
    return "/v2/" + repository + "/manifests/" + target;
  }

  static String blob(String repository, String digest) {
    return "/v2/" + repository + "/blobs/" + digest;
  }

  static Handler whole(byte[] content) {
    return exchange -> {
      exchange.sendResponseHeaders(200, content.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(content);
      }
    };
  }

  static Handler status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  /// Promises the whole content, sends some of it and hangs up.
  static Handler cut(byte[] content, int after) {
    return exchange -> {
      exchange.sendResponseHeaders(200, content.length);
      OutputStream out = exchange.getResponseBody();
      out.write(content, 0, after);
      out.flush();
      throw new IOException("hung up, as the test wants it");
    };
  }

  static Handler redirect(String location) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(307, -1);
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
