package swarm.chaos.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import swarm.chaos.cluster.RegistryUpload;

/// Images of one layer.
public final class Archives {
  private Archives() {}

  /// The configuration of an image of one layer.
  ///
  /// @param layer a tar
  public static byte[] configuration(byte[] layer) {
    String config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"sh\"]},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
            + sha256(layer)
            + "\"]}}";
    return config.getBytes(StandardCharsets.UTF_8);
  }

  /// An image of one layer, as `docker save` writes it.
  ///
  /// @param layer a tar
  public static byte[] docker(String name, byte[] layer) throws IOException {
    String manifest =
        "[{\"Config\":\"config.json\",\"RepoTags\":[\"" + name + "\"],\"Layers\":[\"layer.tar\"]}]";
    var files = new LinkedHashMap<String, byte[]>();
    files.put("config.json", configuration(layer));
    files.put("layer.tar", layer);
    files.put("manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
    return tar(files);
  }

  /// Uploads an image of one layer to a registry.
  ///
  /// @param layer a tar
  public static void push(RegistryUpload repository, String tag, byte[] layer) throws IOException {
    repository.push(tag, configuration(layer), List.of(repository.layer(layer)));
  }

  static byte[] tar(Map<String, byte[]> files) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      for (var file : files.entrySet()) {
        var entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /// A digest in hexadecimal digits.
  public static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
