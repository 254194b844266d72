package swarm.chaos.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import swarm.chaos.cluster.Registry;
import swarm.chaos.cluster.RegistryUpload;
import swarm.chaos.cluster.TestCluster;

/// Images of 300 MB in ten layers, of files as programs and libraries have them: many small ones,
/// some large ones, a quarter of it compressible.
final class LayeredImage {
  private static final String REPOSITORY = "layered";

  private static final int LAYERS = 10;
  private static final int SMALL_FILES = 500;
  private static final int SMALL_BYTES = 20_000;
  private static final int LARGE_FILES = 10;
  private static final int LARGE_BYTES = 2_000_000;

  private final RegistryUpload upload;
  private final Random random;

  private LayeredImage(TestCluster cluster, int host, int number) {
    this.upload = new RegistryUpload(cluster, host, REPOSITORY);
    this.random = new Random(number);
  }

  /// What an engine on the registry's host calls an image.
  static String name(int number) {
    return "localhost:" + Registry.PORT + "/" + REPOSITORY + ":" + number;
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
      diffIds.add("\"" + RegistryUpload.digest(tar) + "\"");
      layers.add(upload.compressedLayer(gzip(tar)));
    }
    String empty = "{\"created\":\"2026-01-01T00:00:00Z\"}";
    String config =
        """
        {"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{},
         "rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}
        """
            .formatted(
                String.join(",", diffIds), String.join(",", Collections.nCopies(LAYERS, empty)));
    upload.push(Integer.toString(number), config.getBytes(StandardCharsets.UTF_8), layers);
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
}
