package swarm.chaos.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// An image of 300 MB in ten layers, of files as programs and libraries have them: many small ones,
/// some large ones, a quarter of it compressible.
final class LayeredImage {
  static final String NAME = "localhost:" + RegistryProcess.PORT + "/layered:1";

  private static final int LAYERS = 10;
  private static final int SMALL_FILES = 500;
  private static final int SMALL_BYTES = 20_000;
  private static final int LARGE_FILES = 10;
  private static final int LARGE_BYTES = 2_000_000;

  private LayeredImage() {}

  /// Has a Docker Engine push it, so that the registry has it as Docker's users make it.
  static void push(EngineMeasurement docker, Path archive)
      throws IOException, InterruptedException {
    try (OutputStream out = Files.newOutputStream(archive)) {
      write(out);
    }
    docker.docker("load", "-q", "-i", archive.toString());
    docker.docker("push", "-q", NAME);
    docker.docker("rmi", NAME);
    Files.delete(archive);
  }

  /// As `docker save` writes it.
  private static void write(OutputStream out) throws IOException {
    var random = new Random(1);
    var names = new ArrayList<String>();
    var digests = new ArrayList<String>();
    try (var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
      for (int i = 0; i < LAYERS; i++) {
        byte[] layer = layer(i, random);
        names.add("\"" + i + "/layer.tar\"");
        digests.add("\"sha256:" + sha256(layer) + "\"");
        put(tar, i + "/layer.tar", layer);
      }
      put(tar, "config.json", utf8(configuration(digests)));
      put(
          tar,
          "manifest.json",
          utf8(
              "[{\"Config\":\"config.json\",\"RepoTags\":[\"%s\"],\"Layers\":[%s]}]"
                  .formatted(NAME, String.join(",", names))));
    }
  }

  private static String configuration(List<String> digests) {
    String history =
        digests.stream()
            .map(_ -> "{\"created\":\"2026-01-01T00:00:00Z\"}")
            .collect(Collectors.joining(","));
    return """
    {"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{},
     "rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}
    """
        .formatted(String.join(",", digests), history);
  }

  private static byte[] layer(int number, Random random) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      for (int i = 0; i < SMALL_FILES; i++) {
        put(tar, "lib%d/d%d/f%d".formatted(number, i % 20, i), content(SMALL_BYTES, random));
      }
      for (int i = 0; i < LARGE_FILES; i++) {
        put(tar, "bin%d/p%d".formatted(number, i), content(LARGE_BYTES, random));
      }
    }
    return bytes.toByteArray();
  }

  /// Six random bits in each byte: three quarters of it are left by gzip.
  private static byte[] content(int size, Random random) {
    byte[] all = new byte[size];
    random.nextBytes(all);
    for (int i = 0; i < size; i++) {
      all[i] = (byte) (' ' + (all[i] & 0x3f));
    }
    return all;
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
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
