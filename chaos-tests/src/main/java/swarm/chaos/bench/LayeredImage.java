package swarm.chaos.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import swarm.chaos.client.HttpCall;
import swarm.chaos.cluster.TestCluster;

/// Images of 300 MB in ten layers, of files as programs and libraries have them: many small ones,
/// some large ones, a quarter of it compressible.
final class LayeredImage {
  private static final String REPOSITORY = "layered";
  private static final String DOCKER = "application/vnd.docker.";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static final int LAYERS = 10;
  private static final int SMALL_FILES = 500;
  private static final int SMALL_BYTES = 20_000;
  private static final int LARGE_FILES = 10;
  private static final int LARGE_BYTES = 2_000_000;

  private final TestCluster cluster;
  private final int host;
  private final Random random;

  private LayeredImage(TestCluster cluster, int host, int number) {
    this.cluster = cluster;
    this.host = host;
    this.random = new Random(number);
  }

  /// What an engine on the registry's host calls an image.
  static String name(int number) {
    return "localhost:" + RegistryProcess.PORT + "/" + REPOSITORY + ":" + number;
  }

  /// Makes an image, and uploads it to the registry of a host. None shares a layer with another.
  static void push(TestCluster cluster, int host, int number) throws IOException {
    new LayeredImage(cluster, host, number).push(number);
  }

  private void push(int number) throws IOException {
    var layers = new ArrayList<String>();
    var diffIds = new ArrayList<String>();
    for (int i = 0; i < LAYERS; i++) {
      byte[] tar = layer(i);
      diffIds.add("\"sha256:" + sha256(tar) + "\"");
      layers.add(upload("image.rootfs.diff.tar.gzip", gzip(tar)));
    }
    String empty = "{\"created\":\"2026-01-01T00:00:00Z\"}";
    String config =
        """
        {"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{},
         "rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}
        """
            .formatted(
                String.join(",", diffIds), String.join(",", Collections.nCopies(LAYERS, empty)));
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}
        """
            .formatted(
                DOCKER + "distribution.manifest.v2+json",
                upload("container.image.v1+json", utf8(config)),
                String.join(",", layers));
    var _ =
        send(
            "PUT",
            "/v2/" + REPOSITORY + "/manifests/" + number,
            DOCKER + "distribution.manifest.v2+json",
            utf8(manifest));
  }

  /// Uploads a blob; how a manifest names it.
  private String upload(String kind, byte[] blob) throws IOException {
    String type = "application/octet-stream";
    String location =
        send("POST", "/v2/" + REPOSITORY + "/blobs/uploads/", type, new byte[0]).header("location");
    URI uri = URI.create(location);
    String digest = "sha256:" + sha256(blob);
    var _ =
        send("PUT", uri.getRawPath() + "?" + uri.getRawQuery() + "&digest=" + digest, type, blob);
    return "{\"mediaType\":\"%s%s\",\"size\":%d,\"digest\":\"%s\"}"
        .formatted(DOCKER, kind, blob.length, digest);
  }

  private HttpCall.Answer send(String method, String path, String type, byte[] body)
      throws IOException {
    HttpCall.Answer answer =
        cluster.send(host, RegistryProcess.PORT, method, path, type, body, LIMIT);
    if (answer.status() / 100 != 2) {
      throw new IOException(method + " " + path + ": " + answer.status() + " " + answer.text());
    }
    return answer;
  }

  private byte[] layer(int number) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      for (int i = 0; i < SMALL_FILES; i++) {
        put(tar, "lib%d/d%d/f%d".formatted(number, i % 20, i), SMALL_BYTES);
      }
      for (int i = 0; i < LARGE_FILES; i++) {
        put(tar, "bin%d/p%d".formatted(number, i), LARGE_BYTES);
      }
    }
    return bytes.toByteArray();
  }

  private void put(TarArchiveOutputStream tar, String name, int size) throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(size);
    tar.putArchiveEntry(entry);
    tar.write(content(size));
    tar.closeArchiveEntry();
  }

  /// Six random bits in each byte: three quarters of it are left by gzip.
  private byte[] content(int size) {
    byte[] all = new byte[size];
    random.nextBytes(all);
    for (int i = 0; i < size; i++) {
      all[i] = (byte) (' ' + (all[i] & 0x3f));
    }
    return all;
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }
}
