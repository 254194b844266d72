package swarm.runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// An image as registries and archives have it; what is wrong with it is for the test to say.
///
/// @param config its configuration
/// @param blobs its layers as they are sent, the lowest first
/// @param manifest in OCI's form
record TestImage(byte[] config, List<byte[]> blobs, byte[] manifest) {
  private static final String OCI = "application/vnd.oci.image.";

  /// An image of layers that are gzipped on their way.
  static TestImage of(byte[]... tars) {
    return of(configuration(tars), gzipped(tars));
  }

  /// An image with this configuration.
  static TestImage of(ObjectNode config, List<byte[]> blobs) {
    byte[] bytes = config.toString().getBytes(StandardCharsets.UTF_8);
    return new TestImage(
        bytes, blobs, manifest(bytes, blobs).toString().getBytes(StandardCharsets.UTF_8));
  }

  static ObjectNode configuration(byte[]... tars) {
    ObjectNode config = ImageStore.JSON.createObjectNode();
    config.put("created", "2026-01-02T03:04:05Z").put("architecture", "amd64").put("os", "linux");
    config.putObject("config").putArray("Cmd").add("serve");
    ArrayNode diffIds = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    for (byte[] tar : tars) {
      diffIds.add(ContentStore.digestOf(tar));
    }
    return config;
  }

  static ObjectNode manifest(byte[] config, List<byte[]> blobs) {
    ObjectNode manifest = ImageStore.JSON.createObjectNode();
    manifest.put("schemaVersion", 2).put("mediaType", OCI + "manifest.v1+json");
    describe(manifest.putObject("config"), OCI + "config.v1+json", config);
    ArrayNode layers = manifest.putArray("layers");
    for (byte[] blob : blobs) {
      describe(layers.addObject(), OCI + "layer.v1.tar+gzip", blob);
    }
    return manifest;
  }

  private static void describe(ObjectNode node, String type, byte[] content) {
    node.put("mediaType", type)
        .put("digest", ContentStore.digestOf(content))
        .put("size", content.length);
  }

  /// An index of platforms, such as `linux/amd64`.
  static byte[] index(Map<String, TestImage> platforms) {
    ObjectNode index = ImageStore.JSON.createObjectNode();
    index.put("schemaVersion", 2).put("mediaType", OCI + "index.v1+json");
    ArrayNode manifests = index.putArray("manifests");
    platforms.forEach(
        (platform, image) -> {
          ObjectNode one = manifests.addObject();
          describe(one, OCI + "manifest.v1+json", image.manifest());
          String[] parts = platform.split("/");
          one.putObject("platform").put("os", parts[0]).put("architecture", parts[1]);
        });
    return index.toString().getBytes(StandardCharsets.UTF_8);
  }

  String id() {
    return ContentStore.digestOf(config);
  }

  /// Everything but the manifest, by digest.
  Map<String, byte[]> content() {
    var all = new LinkedHashMap<String, byte[]>();
    all.put(id(), config);
    blobs.forEach(blob -> all.put(ContentStore.digestOf(blob), blob));
    return all;
  }

  /// As `docker save` writes it.
  TarBuilder archive(String... names) {
    var tar = new TarBuilder();
    ObjectNode manifest = ImageStore.JSON.createObjectNode().put("Config", "config.json");
    manifest.set("RepoTags", ImageStore.JSON.valueToTree(names));
    ArrayNode layers = manifest.putArray("Layers");
    tar.file("config.json", config, 0644, 0, 0);
    for (int i = 0; i < blobs.size(); i++) {
      tar.file("layer" + i + ".tar", blobs.get(i), 0644, 0, 0);
      layers.add("layer" + i + ".tar");
    }
    return tar.file("manifest.json", "[" + manifest + "]");
  }

  /// As an OCI image layout.
  TarBuilder layout(String name) {
    var tar = new TarBuilder().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    content().forEach((digest, blob) -> blob(tar, blob));
    blob(tar, manifest);
    ObjectNode index = ImageStore.JSON.createObjectNode().put("schemaVersion", 2);
    ObjectNode one = index.putArray("manifests").addObject();
    describe(one, OCI + "manifest.v1+json", manifest);
    one.putObject("annotations").put("io.containerd.image.name", name);
    return tar.file("index.json", index.toString());
  }

  static TarBuilder blob(TarBuilder tar, byte[] blob) {
    return tar.file(
        "blobs/sha256/" + ContentStore.hex(ContentStore.digestOf(blob)), blob, 0644, 0, 0);
  }

  static List<byte[]> gzipped(byte[]... tars) {
    var all = new ArrayList<byte[]>();
    for (byte[] tar : tars) {
      all.add(gzip(tar));
    }
    return all;
  }

  static byte[] gzip(byte[] content) {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
