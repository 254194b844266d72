package swarm.node.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.rpc.EventLoops;
import swarm.node.testing.RawClient;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.RegistryClient;
import swarm.runtime.image.RegistryOptions;
import swarm.scheduler.model.Wire;

/// Pulling through the API from a registry of this test's.
@Timeout(60)
class ImagePullTest {
  private static final String TYPE = "application/vnd.oci.image.";

  /// The end of a tar: a layer without files.
  private static final byte[] LAYER = new byte[1_024];

  private final Map<String, byte[]> content = new ConcurrentHashMap<>();
  private final HttpServer registry;
  private final EventLoops loops = new EventLoops();
  private final RegistryClient client =
      new RegistryClient(new RegistryOptions(List.of(), List.of()));
  private final swarm.node.api.http.HttpServer server;
  private final Path socket;
  private final ImageStore store;

  ImagePullTest(@TempDir Path temp) throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] found = content.get(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(found == null ? 404 : 200, found == null ? -1 : 0);
            if (found != null) {
              exchange.getResponseBody().write(found);
            }
          }
        });
    registry.start();
    store = ImageStore.open(temp.resolve("images"));
    var pull =
        new ImagePull(
            new ImagePuller(store, client),
            new ImageEvents(new Events(), store, Clock.systemUTC()),
            "amd64");
    var router = new Router();
    router.add("POST", "/images/create", pull::answer);
    socket = temp.resolve("api.sock");
    server = new swarm.node.api.http.HttpServer(socket, loops, router);
  }

  @AfterEach
  void end() throws IOException {
    server.close();
    loops.close();
    client.close();
    registry.stop(0);
  }

  private static String digest(byte[] bytes) throws NoSuchAlgorithmException {
    return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static ObjectNode describe(ObjectNode node, String type, byte[] bytes)
      throws NoSuchAlgorithmException {
    return node.put("mediaType", TYPE + type)
        .put("digest", digest(bytes))
        .put("size", bytes.length);
  }

  /// Serves an image for linux/amd64, and returns its manifest.
  private byte[] serve(String repository, String tag, String command) throws Exception {
    ObjectNode config =
        Wire.JSON.createObjectNode().put("os", "linux").put("architecture", "amd64");
    config.putObject("config").putArray("Cmd").add(command);
    config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(digest(LAYER));
    byte[] configuration = config.toString().getBytes(UTF_8);
    ObjectNode manifest = Wire.JSON.createObjectNode().put("schemaVersion", 2);
    describe(manifest.putObject("config"), "config.v1+json", configuration);
    describe(manifest.putArray("layers").addObject(), "layer.v1.tar", LAYER);
    byte[] bytes = manifest.toString().getBytes(UTF_8);
    String path = "/v2/" + repository;
    content.put(path + "/blobs/" + digest(configuration), configuration);
    content.put(path + "/blobs/" + digest(LAYER), LAYER);
    content.put(path + "/manifests/" + digest(bytes), bytes);
    content.put(path + "/manifests/" + tag, bytes);
    return bytes;
  }

  private String host() {
    return "127.0.0.1:" + registry.getAddress().getPort();
  }

  private RawClient.Answer ask(String query) throws IOException {
    var one = new RawClient(socket);
    try {
      return one.send(
              "POST /images/create?fromImage="
                  + host()
                  + query
                  + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
          .answer();
    } finally {
      one.close();
    }
  }

  /// The status lines of a pull.
  private List<String> pull(String query) throws IOException {
    RawClient.Answer answer = ask(query);
    assertThat(answer.status()).isEqualTo(200);
    var lines = new ArrayList<String>();
    for (String line : answer.body().split("\r\n")) {
      JsonNode node = Wire.JSON.readTree(line);
      lines.add(
          (node.has("id") ? node.path("id").asText() + ": " : "")
              + node.path("status").asText()
              + node.path("error").asText());
    }
    return lines;
  }

  @Test
  void theStatusSaysWhetherAnythingChanged() throws Exception {
    serve("app", "1", "one");
    String name = host() + "/app:1";
    assertThat(pull("/app&tag=1"))
        .startsWith("1: Pulling from app")
        .endsWith("Status: Downloaded newer image for " + name);
    assertThat(pull("/app&tag=1")).endsWith("Status: Image is up to date for " + name);

    serve("app", "1", "two"); // the tag moved
    assertThat(pull("/app:1")).endsWith("Status: Downloaded newer image for " + name);
  }

  @Test
  void aKnownImageUnderANewNameIsNew() throws Exception {
    serve("app", "1", "one");
    serve("app", "2", "one");
    pull("/app&tag=1");
    assertThat(pull("/app&tag=2"))
        .endsWith("Status: Downloaded newer image for " + host() + "/app:2");
  }

  @Test
  void withoutATagAllOfThemCome() throws Exception {
    serve("app", "1", "one");
    serve("app", "2", "two");
    content.put("/v2/app/tags/list", "{\"name\":\"app\",\"tags\":[\"1\",\"2\"]}".getBytes(UTF_8));
    String name = host() + "/app";

    assertThat(pull("/app"))
        .containsSubsequence("1: Pulling from app", "2: Pulling from app")
        .endsWith("Status: Downloaded newer image for " + name);
    assertThat(store.find(name + ":1")).isPresent();
    assertThat(store.find(name + ":2")).isPresent();
    assertThat(pull("/app")).endsWith("Status: Image is up to date for " + name);

    content.put("/v2/app/tags/list", "{\"name\":\"app\",\"tags\":null}".getBytes(UTF_8));
    assertThat(ask("/app").status()).isEqualTo(404);
  }

  @Test
  void aPlatformThatIsNotOffered() throws Exception {
    byte[] manifest = serve("app", "1", "one");
    ObjectNode index = Wire.JSON.createObjectNode().put("schemaVersion", 2);
    describe(index.putArray("manifests").addObject(), "manifest.v1+json", manifest)
        .putObject("platform")
        .put("os", "linux")
        .put("architecture", "amd64");
    content.put("/v2/app/manifests/both", index.toString().getBytes(UTF_8));

    RawClient.Answer answer = ask("/app&tag=both&platform=linux/foo");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body())
        .contains("no matching manifest for linux/foo in the manifest list entries");
    assertThat(ask("/app&tag=both&platform=foo").status()).isEqualTo(400);
    assertThat(pull("/app&tag=both&platform=linux/amd64"))
        .endsWith("Status: Downloaded newer image for " + host() + "/app:both");

    String warning =
        "WARNING: image with reference "
            + host()
            + "/app:1 was found but does not match the specified platform: wanted linux/foo,"
            + " actual: linux/amd64";
    assertThat(pull("/app&tag=1&platform=linux/foo")).contains(warning);
    assertThat(pull("/app&tag=1")).doesNotContain(warning);
  }
}
