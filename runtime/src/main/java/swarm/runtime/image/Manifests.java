package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Manifests of images: what one must be like before anything of it is fetched, and how one is made
/// (OCI image-spec, "Image Manifest"; Docker's "Image Manifest V 2, Schema 2"). Pure.
final class Manifests {
  static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
  static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
  static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

  /// As Docker's: overlayfs takes more, but mounts on top of such an image would not fit.
  static final int MAX_LAYERS = 125;

  private static final int VERSION = 2;

  private Manifests() {}

  /// Checks a manifest that came from outside.
  ///
  /// @param what for the messages
  static JsonNode image(JsonNode node, String what) throws ImageException {
    if (!node.path("config").has("digest") || !node.path("layers").isArray()) {
      throw Configuration.invalid(
          what
              + " is of a kind that is not supported: '"
              + node.path("mediaType").asText()
              + "'"
              + (node.path("schemaVersion").asInt() == 1
                  ? "; it is of Docker's schema 1: push it again with a newer client"
                  : ""));
    }
    JsonNode layers = node.path("layers");
    checkDepth(layers.size(), what);
    var _ = Configuration.checkDigest(node.path("config").path("digest").asText());
    long size = node.path("config").path("size").asLong(-1);
    if (size > Configuration.MAX_BYTES) {
      throw Configuration.invalid(
          "the image's configuration has "
              + size
              + " bytes; the limit is "
              + Configuration.MAX_BYTES);
    }
    for (JsonNode layer : layers) {
      var _ = Configuration.checkDigest(layer.path("digest").asText());
      checkKind(layer.path("mediaType").asText(), what);
    }
    return node;
  }

  /// @throws ImageException for more layers than others take
  static void checkDepth(int layers, String what) throws ImageException {
    if (layers > MAX_LAYERS) {
      throw Configuration.invalid(
          "max depth exceeded: " + what + " has " + layers + " layers; the limit is " + MAX_LAYERS);
    }
  }

  private static void checkKind(String mediaType, String what) throws ImageException {
    if (mediaType.contains(".foreign.") || mediaType.contains(".nondistributable.")) {
      throw Configuration.invalid(
          what
              + " has a foreign layer ("
              + mediaType
              + "): such layers are not kept by registries and are for Windows only");
    }
    if (!mediaType.isEmpty() && !mediaType.contains("tar")) {
      throw Configuration.invalid(
          what + " is no container image: a layer is of type '" + mediaType + "'");
    }
  }

  /// The layers of a manifest that was checked, with the configuration's ids for them.
  static List<Image.Layer> layers(JsonNode manifest, JsonNode diffIds) {
    var all = new ArrayList<Image.Layer>();
    JsonNode layers = manifest.path("layers");
    for (int i = 0; i < layers.size(); i++) {
      JsonNode layer = layers.get(i);
      all.add(
          new Image.Layer(
              diffIds.get(i).asText(),
              layer.path("digest").asText(),
              layer.path("mediaType").asText(),
              layer.path("size").asLong(-1)));
    }
    return all;
  }

  /// What kind of manifest it is; the older ones do not say so themselves.
  static String mediaType(JsonNode manifest) {
    String own = manifest.path("mediaType").asText("");
    return own.isEmpty() ? OCI : own;
  }

  /// Docker's manifest of an image that has none yet.
  ///
  /// @param configSize in bytes
  static byte[] docker(String configDigest, long configSize, List<Image.Layer> layers)
      throws IOException {
    return made(DOCKER, DOCKER_CONFIG, configDigest, configSize, layers);
  }

  /// OCI's manifest of an image that has none yet.
  static byte[] oci(String configDigest, long configSize, List<Image.Layer> layers)
      throws IOException {
    return made(OCI, "application/vnd.oci.image.config.v1+json", configDigest, configSize, layers);
  }

  private static byte[] made(
      String type, String configType, String digest, long size, List<Image.Layer> layers)
      throws IOException {
    ObjectNode manifest = ImageStore.JSON.createObjectNode();
    manifest.put("schemaVersion", VERSION).put("mediaType", type);
    describe(manifest.putObject("config"), configType, digest, size);
    ArrayNode all = manifest.putArray("layers");
    for (Image.Layer layer : layers) {
      describe(all.addObject(), layer.mediaType(), layer.blob(), layer.size());
    }
    return ImageStore.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
  }

  /// Fills a descriptor.
  static ObjectNode describe(ObjectNode node, String type, String digest, long size) {
    return node.put("mediaType", type).put("digest", digest).put("size", size);
  }
}
