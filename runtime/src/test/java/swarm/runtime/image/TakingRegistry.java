package swarm.runtime.image;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A registry in memory that takes what is pushed, and fails as a test says (OCI distribution-spec,
/// "Push").
final class TakingRegistry {
  private static final Pattern UPLOAD = Pattern.compile("/v2/(.+)/blobs/uploads/(\\d*)");
  private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/(sha256:[0-9a-f]{64})");
  private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/([^/]+)");

  /// What goes wrong with one `PATCH`.
  ///
  /// @param after bytes that are kept before it
  /// @param status that is answered; 0 for hanging up
  record Fault(int after, int status) {}

  /// Repository and digest or tag, with the content.
  final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

  final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
  final Map<String, String> types = new ConcurrentHashMap<>();

  /// What goes wrong with the next parts that are sent, one after the other.
  final Queue<Fault> faults = new ArrayDeque<>();

  /// Whether an upload that broke off is forgotten.
  volatile boolean forgetful;

  /// What is demanded of who writes; empty for nothing.
  volatile String challenge = "";

  /// What `Authorization` must be.
  volatile String authorization = "";

  private final Map<String, ByteArrayOutputStream> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  void answer(HttpExchange exchange) throws IOException {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (!challenge.isEmpty() && !authorization.equals(given)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
      exchange.sendResponseHeaders(401, -1);
      return;
    }
    String path = exchange.getRequestURI().getPath();
    Matcher upload = UPLOAD.matcher(path);
    Matcher blob = BLOB.matcher(path);
    Matcher manifest = MANIFEST.matcher(path);
    if (upload.matches()) {
      upload(exchange, upload.group(1), upload.group(2));
    } else if (blob.matches()) {
      send(exchange, blobs.get(blob.group(1) + "@" + blob.group(2)), "application/octet-stream");
    } else if (manifest.matches()) {
      manifest(exchange, manifest.group(1) + ":" + manifest.group(2));
    } else {
      exchange.sendResponseHeaders(path.equals("/v2/") ? 200 : 404, -1);
    }
  }

  private static void send(
      HttpExchange exchange, byte @org.jspecify.annotations.Nullable [] content, String type)
      throws IOException {
    if (content == null) {
      exchange.sendResponseHeaders(404, -1);
    } else {
      exchange.getResponseHeaders().set("Content-Type", type);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(200, -1);
      } else {
        LyingRegistry.whole(content).answer(exchange);
      }
    }
  }

  private void manifest(HttpExchange exchange, String name) throws IOException {
    if (exchange.getRequestMethod().equals("PUT")) {
      byte[] content = exchange.getRequestBody().readAllBytes();
      manifests.put(name, content);
      types.put(name, exchange.getRequestHeaders().getFirst("Content-Type"));
      exchange.getResponseHeaders().set("Docker-Content-Digest", ContentStore.digestOf(content));
      exchange.sendResponseHeaders(201, -1);
    } else {
      send(exchange, manifests.get(name), types.getOrDefault(name, ""));
    }
  }

  private void upload(HttpExchange exchange, String repository, String session) throws IOException {
    switch (exchange.getRequestMethod()) {
      case "POST" -> begin(exchange, repository);
      case "PATCH" -> patch(exchange, repository, session);
      case "PUT" -> finish(exchange, repository, session);
      default -> tell(exchange, repository, session);
    }
  }

  private void begin(HttpExchange exchange, String repository) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    Matcher mount = Pattern.compile("mount=([^&]+)&from=([^&]+)").matcher(query);
    if (mount.find()) {
      byte[] there = blobs.get(mount.group(2) + "@" + mount.group(1));
      if (there != null) {
        blobs.put(repository + "@" + mount.group(1), there);
        exchange.sendResponseHeaders(201, -1);
        return;
      }
    }
    String session = Integer.toString(count.incrementAndGet());
    sessions.put(session, new ByteArrayOutputStream());
    at(exchange, repository, session);
    exchange.sendResponseHeaders(202, -1);
  }

  private static void at(HttpExchange exchange, String repository, String session) {
    exchange
        .getResponseHeaders()
        .set("Location", "/v2/" + repository + "/blobs/uploads/" + session + "?_state=x");
  }

  private void patch(HttpExchange exchange, String repository, String session) throws IOException {
    ByteArrayOutputStream kept = sessions.get(session);
    Fault fault;
    synchronized (faults) {
      fault = faults.poll();
    }
    if (kept == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    InputStream in = exchange.getRequestBody();
    if (fault != null) {
      kept.write(in.readNBytes(fault.after()));
      if (forgetful) {
        sessions.remove(session);
      }
      if (fault.status() == 0) {
        throw new IOException("hung up, as the test wants it");
      }
      exchange.sendResponseHeaders(fault.status(), -1);
      return;
    }
    kept.write(in.readAllBytes());
    at(exchange, repository, session);
    exchange.sendResponseHeaders(202, -1);
  }

  private void finish(HttpExchange exchange, String repository, String session) throws IOException {
    ByteArrayOutputStream kept = sessions.remove(session);
    String digest = exchange.getRequestURI().getQuery().replaceFirst(".*digest=", "");
    byte[] content = kept == null ? new byte[0] : kept.toByteArray();
    if (kept == null || !ContentStore.digestOf(content).equals(digest)) {
      exchange.sendResponseHeaders(kept == null ? 404 : 400, -1);
      return;
    }
    blobs.put(repository + "@" + digest, content);
    exchange.sendResponseHeaders(201, -1);
  }

  private void tell(HttpExchange exchange, String repository, String session) throws IOException {
    ByteArrayOutputStream kept = sessions.get(session);
    if (kept == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    at(exchange, repository, session);
    exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, kept.size() - 1));
    exchange.sendResponseHeaders(204, -1);
  }
}
