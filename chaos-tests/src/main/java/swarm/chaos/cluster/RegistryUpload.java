package swarm.chaos.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import swarm.chaos.client.HttpCall;

/// Uploads images to a repository of a test host's registry, as `docker push` does: blobs first, a
/// manifest that names them last.
public final class RegistryUpload {
  private static final String DOCKER = "application/vnd.docker.";
  private static final String MANIFEST = DOCKER + "distribution.manifest.v2+json";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final TestCluster cluster;
  private final int host;
  private final String repository;

  /// @param repository as in `team/app`
  public RegistryUpload(TestCluster cluster, int host, String repository) {
    this.cluster = cluster;
    this.host = host;
    this.repository = repository;
  }

  /// Uploads an image.
  ///
  /// @param configuration of the image
  /// @param layers as [#layer] and [#compressedLayer] name them, the lowest first
  public void push(String tag, byte[] configuration, List<String> layers) throws IOException {
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}
        """
            .formatted(
                MANIFEST, blob("container.image.v1+json", configuration), String.join(",", layers));
    var _ =
        send(
            201,
            "PUT",
            "/v2/" + repository + "/manifests/" + tag,
            MANIFEST,
            manifest.getBytes(StandardCharsets.UTF_8));
  }

  /// Uploads a layer.
  ///
  /// @param tar of its files
  /// @return how a manifest names it
  public String layer(byte[] tar) throws IOException {
    return blob("image.rootfs.diff.tar", tar);
  }

  /// The same of a tar that gzip has compressed.
  public String compressedLayer(byte[] gzip) throws IOException {
    return blob("image.rootfs.diff.tar.gzip", gzip);
  }

  private String blob(String kind, byte[] blob) throws IOException {
    String type = "application/octet-stream";
    String location =
        send(202, "POST", "/v2/" + repository + "/blobs/uploads/", type, new byte[0])
            .header("location");
    URI uri = URI.create(location);
    String digest = digest(blob);
    var _ =
        send(
            201,
            "PUT",
            uri.getRawPath() + "?" + uri.getRawQuery() + "&digest=" + digest,
            type,
            blob);
    return "{\"mediaType\":\"%s%s\",\"size\":%d,\"digest\":\"%s\"}"
        .formatted(DOCKER, kind, blob.length, digest);
  }

  private HttpCall.Answer send(int status, String method, String path, String type, byte[] body)
      throws IOException {
    HttpCall.Answer answer = cluster.send(host, Registry.PORT, method, path, type, body, LIMIT);
    if (answer.status() != status) {
      throw new IOException(method + " " + path + ": " + answer.status() + " " + answer.text());
    }
    return answer;
  }

  /// As in `sha256:` and hexadecimal digits.
  public static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }
}
