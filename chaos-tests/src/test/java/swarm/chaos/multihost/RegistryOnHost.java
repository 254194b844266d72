package swarm.chaos.multihost;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import swarm.chaos.client.HttpCall;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.contract.Archives;

/// Debian's `docker-registry` on a test host, on all of its addresses. It goes with its host, at
/// the latest.
final class RegistryOnHost implements AutoCloseable {
  static final int PORT = 5000;
  static final String USER = "me";
  static final String PASSWORD = "secret";

  /// Of the password, by bcrypt: the only form that it reads.
  private static final String HASH = "$2b$04$S0nt2W0W8M0t0q2yE6yZJOL86iAxdpPw3yLMN5bE4f/NowYdoHtHK";

  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final TestCluster cluster;
  private final int host;
  private final Process process;

  static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  /// One that lets anybody in.
  RegistryOnHost(TestCluster cluster, int host) throws IOException, InterruptedException {
    this(cluster, host, "");
  }

  /// One that lets in only [#USER] with [#PASSWORD].
  static RegistryOnHost closed(TestCluster cluster, int host)
      throws IOException, InterruptedException {
    return new RegistryOnHost(cluster, host, USER + ":" + HASH);
  }

  private RegistryOnHost(TestCluster cluster, int host, String passwords)
      throws IOException, InterruptedException {
    this.cluster = cluster;
    this.host = host;
    Path folder = Files.createDirectories(cluster.folder(host).resolve("registry"));
    Path config = folder.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        storage:
          filesystem:
            rootdirectory: %s
        http:
          addr: :%d
        """
            .formatted(folder.resolve("data"), PORT));
    if (!passwords.isEmpty()) {
      Path file = folder.resolve("htpasswd");
      Files.writeString(file, passwords + "\n");
      String auth = "auth:\n  htpasswd:\n    realm: test\n    path: " + file + "\n";
      Files.writeString(config, auth, StandardOpenOption.APPEND);
    }
    process =
        cluster
            .on(host, PROGRAM.toString(), "serve", config.toString())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    var _ =
        Wait.until(
            "docker-registry answers",
            LIMIT,
            () -> cluster.fetch(host, PORT, "/v2/").status() == (passwords.isEmpty() ? 200 : 401));
  }

  /// Uploads an image of one layer, as `docker push` does.
  void push(String repository, String tag, byte[] layer) throws IOException {
    byte[] config = Archives.configuration(layer);
    upload(repository, config);
    upload(repository, layer);
    String manifest =
        """
        {"schemaVersion": 2,
         "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
         "config": {"mediaType": "application/vnd.docker.container.image.v1+json",
                    "size": %d, "digest": "sha256:%s"},
         "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar",
                     "size": %d, "digest": "sha256:%s"}]}
        """
            .formatted(
                config.length, Archives.sha256(config), layer.length, Archives.sha256(layer));
    var _ =
        send(
            201,
            "PUT",
            "/v2/" + repository + "/manifests/" + tag,
            "application/vnd.docker.distribution.manifest.v2+json",
            manifest.getBytes(StandardCharsets.UTF_8));
  }

  private void upload(String repository, byte[] blob) throws IOException {
    String type = "application/octet-stream";
    String location =
        send(202, "POST", "/v2/" + repository + "/blobs/uploads/", type, new byte[0])
            .header("location");
    URI uri = URI.create(location);
    String query = uri.getRawQuery() + "&digest=sha256:" + Archives.sha256(blob);
    var _ = send(201, "PUT", uri.getRawPath() + "?" + query, type, blob);
  }

  private HttpCall.Answer send(int status, String method, String path, String type, byte[] body)
      throws IOException {
    HttpCall.Answer answer = cluster.send(host, PORT, method, path, type, body, LIMIT);
    if (answer.status() != status) {
      throw new IOException(method + " " + path + ": " + answer.status() + " " + answer.text());
    }
    return answer;
  }

  @Override
  public void close() {
    var _ = process.destroyForcibly().onExit().join();
  }
}
