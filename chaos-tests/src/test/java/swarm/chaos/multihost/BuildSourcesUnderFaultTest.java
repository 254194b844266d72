package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// Registries and servers that go away while a build takes from them: it ends with an error that
/// names line and instruction, leaves nothing, and the next one finds everything in order.
@Tag("multihost")
final class BuildSourcesUnderFaultTest {
  private static final String TYPE = "application/vnd.oci.image.";
  private static final int LAYER_BYTES = 1024 * 1024;
  private static final String NAME = RawServer.ADDRESS + "/app:1";
  private static final String HEAD = "HTTP/1.1 200 OK|";

  @RegisterExtension
  static final ClusterExtension CLUSTER =
      ClusterExtension.apart(1, "--insecure-registry", RawServer.ADDRESS);

  private static final ObjectMapper JSON = new ObjectMapper();

  /// An image of one layer, as a registry has it.
  private record Served(byte[] config, byte[] layer, byte[] manifest) {
    static Served make() throws IOException, GeneralSecurityException {
      byte[] content = new byte[LAYER_BYTES];
      new Random(1).nextBytes(content);
      var tar = new ByteArrayOutputStream();
      try (var out = new TarArchiveOutputStream(tar)) {
        var entry = new TarArchiveEntry("content");
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
      }
      byte[] layer = tar.toByteArray();
      ObjectNode config = JSON.createObjectNode().put("os", "linux").put("architecture", "amd64");
      config.putObject("config");
      config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(digest(layer));
      byte[] configBytes = config.toString().getBytes(UTF_8);
      ObjectNode manifest = JSON.createObjectNode().put("schemaVersion", 2);
      manifest.put("mediaType", TYPE + "manifest.v1+json");
      describe(manifest.putObject("config"), "config.v1+json", configBytes);
      describe(manifest.putArray("layers").addObject(), "layer.v1.tar", layer);
      return new Served(configBytes, layer, manifest.toString().getBytes(UTF_8));
    }

    private static void describe(ObjectNode node, String type, byte[] bytes)
        throws GeneralSecurityException {
      node.put("mediaType", TYPE + type).put("digest", digest(bytes)).put("size", bytes.length);
    }

    private static String digest(byte[] bytes) throws GeneralSecurityException {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /// @param ofLayer how its layer is answered for
    void on(RawServer server, RawServer.Answer ofLayer) throws GeneralSecurityException {
      String type = TYPE + "manifest.v1+json";
      server.on("/v2/", RawServer.whole("application/json", "{}".getBytes(UTF_8)));
      server.on("/v2/app/manifests/1", RawServer.whole(type, manifest));
      server.on("/v2/app/manifests/" + digest(manifest), RawServer.whole(type, manifest));
      server.on("/v2/app/blobs/" + digest(config), RawServer.whole("a/b", config));
      server.on("/v2/app/blobs/" + digest(layer), ofLayer);
    }
  }

  private static Path context(String dockerfile) throws IOException {
    Path folder = Files.createDirectories(CLUSTER.cluster().folder(1).resolve("context"));
    Files.writeString(folder.resolve("Dockerfile"), dockerfile);
    return folder;
  }

  private static Client.Done build(String dockerfile) throws Exception {
    return Client.SWARM.run(
        CLUSTER.cluster(), 1, new byte[0], List.of("build", context(dockerfile).toString()));
  }

  /// What there is of containers, layers and files in the making, and all that images have.
  private static List<String> left() throws IOException {
    Path data = CLUSTER.cluster().folder(1).resolve("data");
    var all = new TreeSet<String>();
    for (String folder : List.of("builds", "containers", "images")) {
      try (Stream<Path> files = Files.walk(data.resolve(folder), 4)) {
        files.map(file -> data.relativize(file).toString()).forEach(all::add);
      }
    }
    all.add(CLUSTER.cluster().api(1).get("/containers/json?all=1").toString());
    all.add(CLUSTER.cluster().api(1).get("/images/json?all=1").toString());
    return List.copyOf(all);
  }

  /// Blobs are kept for the next try, whole ones only.
  private static List<String> withoutBlobs(List<String> all) {
    return all.stream().filter(one -> !one.startsWith("images/blobs/sha256/")).toList();
  }

  @Test
  void a_registry_that_goes_away_in_the_middle() throws Exception {
    Served image = Served.make();
    List<String> before = withoutBlobs(left());
    String dockerfile = "# one\nFROM scratch\nFROM " + NAME + "\nLABEL a=b\n";
    int half = LAYER_BYTES / 2;
    var faults = new LinkedHashMap<String, RawServer.Answer>();
    faults.put("hangs up", RawServer.cut("a/b", image.layer(), half));
    faults.put("fails", RawServer.raw("HTTP/1.1 500 Oops|Content-Length: 0|Connection: close||"));
    faults.put("forgets", RawServer.raw("HTTP/1.1 404 Gone|Content-Length: 0|Connection: close||"));
    byte[] other = image.layer().clone();
    other[half]++;
    faults.put("lies", RawServer.whole("a/b", other));
    for (Map.Entry<String, RawServer.Answer> fault : faults.entrySet()) {
      try (RawServer server = RawServer.open(CLUSTER.cluster())) {
        image.on(server, fault.getValue());
        Client.Done done = build(dockerfile);
        assertThat(done.status()).as(fault.getKey() + done).isEqualTo(1);
        assertThat(done.err()).as(fault.getKey()).contains("(line 3: FROM " + NAME + ")");
        assertThat(withoutBlobs(left())).as(fault.getKey()).isEqualTo(before);
      }
    }
    gone(image, dockerfile);
    assertThat(withoutBlobs(left())).isEqualTo(before);

    try (RawServer server = RawServer.open(CLUSTER.cluster())) {
      image.on(server, RawServer.whole("a/b", image.layer()));
      Client.Done done = build(dockerfile);
      assertThat(done.status()).as(done.toString()).isZero();
    }
  }

  /// The whole registry, while it sends.
  private static void gone(Served image, String dockerfile) throws Exception {
    var began = new CountDownLatch(1);
    try (RawServer server = RawServer.open(CLUSTER.cluster())) {
      image.on(
          server,
          server.silentAfter(
              out -> {
                RawServer.cut("a/b", image.layer(), LAYER_BYTES / 2).to(out);
                out.flush();
                began.countDown();
              }));
      Thread end =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      began.await();
                      server.goAway();
                    } catch (InterruptedException | IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      Client.Done done = build(dockerfile);
      end.join();
      assertThat(done.status()).as(done.toString()).isEqualTo(1);
      assertThat(done.err()).contains("(line 3: FROM " + NAME + ")");
    }
  }

  @Test
  void a_server_that_goes_away_in_the_middle_of_a_file() throws Exception {
    List<String> before = left();
    String url = "http://" + RawServer.ADDRESS + "/file";
    var faults = new LinkedHashMap<String, String>();
    faults.put(HEAD + "Content-Length: 10||abc", "broke off after 3 of 10 bytes");
    faults.put(HEAD + "Transfer-Encoding: chunked||3|abc|", "broke off");
    faults.put("HTTP/1.1 404 Not Found|Content-Length: 0||", "the server answered 404");
    faults.put("HTTP/1.1 500 Oops|Content-Length: 0||", "the server answered 500");
    faults.put("HTTP/1.1 302 Found|Content-Length: 0|Location: file:///etc/passwd||", "file:///");
    faults.put("HTTP/1.1 302 Found|Content-Length: 0|Location: " + url + "||", "Get \"" + url);
    faults.put("nothing of HTTP||", url);
    try (RawServer server = RawServer.open(CLUSTER.cluster())) {
      for (Map.Entry<String, String> fault : faults.entrySet()) {
        server.on("/file", RawServer.raw(fault.getKey()));
        failing(url, fault.getValue(), before);
      }
      server.on("/a%00b", RawServer.raw(HEAD + "Content-Length: 1||a"));
      failing("http://" + RawServer.ADDRESS + "/a%00b", "cannot determine filename", before);
      server.on("/..", RawServer.raw(HEAD + "Content-Length: 1||a"));
      failing("http://" + RawServer.ADDRESS + "/..", "cannot determine filename", before);
    }
    failing(url, "refused", before);
  }

  private static void failing(String url, String why, List<String> before) throws Exception {
    Client.Done done = build("FROM scratch\n\nADD " + url + " /there\n");
    assertThat(done.status()).as(done.toString()).isEqualTo(1);
    assertThat(done.err())
        .as(done.toString())
        .contains(why)
        .contains("(line 3: ADD " + url + " /there)");
    assertThat(left()).isEqualTo(before);
  }

  /// A file without an end, a server or registry that says no more: whoever waits may leave.
  @Test
  void a_client_that_leaves_meanwhile_ends_it() throws Exception {
    Served image = Served.make();
    var began = new Semaphore(0);
    try (RawServer server = RawServer.open(CLUSTER.cluster())) {
      server.on(
          "/endless",
          out -> {
            out.write((HEAD + "|").replace("|", "\r\n").getBytes(UTF_8));
            byte[] piece = new byte[8 * 1024];
            while (true) {
              out.write(piece);
              began.release();
            }
          });
      server.on(
          "/silent",
          server.silentAfter(
              out -> {
                RawServer.raw(HEAD + "Content-Length: 10||abc").to(out);
                began.release();
              }));
      image.on(
          server,
          server.silentAfter(
              out -> {
                RawServer.cut("a/b", image.layer(), LAYER_BYTES / 2).to(out);
                began.release();
              }));
      String add = "FROM scratch\nADD http://" + RawServer.ADDRESS;
      for (String dockerfile :
          List.of(add + "/endless /there\n", add + "/silent /there\n", "FROM " + NAME + "\n")) {
        List<String> before = withoutBlobs(left());
        began.drainPermits();
        Process client =
            Client.SWARM.start(CLUSTER.cluster(), 1, "build", context(dockerfile).toString());
        began.acquire();
        client.destroyForcibly().waitFor();
        Wait.until(
            "nothing is left of " + dockerfile, LIMIT, () -> withoutBlobs(left()).equals(before));
      }
    }
  }
}
