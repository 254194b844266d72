package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Asks a registry what it has under a name. Thread-safe.
public final class Distribution {
  private final RegistryClient registry;

  public Distribution(RegistryClient registry) {
    this.registry = registry;
  }

  /// What there is.
  ///
  /// @param size of the manifest or index, in bytes
  /// @param platforms as OCI has them
  public record Description(String mediaType, String digest, long size, List<JsonNode> platforms) {}

  public Description describe(Reference reference, Credentials credentials)
      throws IOException, InterruptedException {
    RegistryClient.Manifest top = registry.manifest(reference, reference.target(), credentials);
    String what = "the manifest of " + reference.familiar();
    JsonNode node = Configuration.json(top.content(), what);
    var platforms = new ArrayList<JsonNode>();
    if (node.has("manifests")) {
      node.path("manifests").forEach(one -> platforms.add(one.path("platform")));
    } else {
      JsonNode config = Manifests.image(node, what).path("config");
      platforms.add(platform(reference, config.path("digest").asText(), credentials));
    }
    String type = top.mediaType().isEmpty() ? Manifests.mediaType(node) : top.mediaType();
    return new Description(type, top.digest(), top.content().length, platforms);
  }

  private JsonNode platform(Reference reference, String digest, Credentials credentials)
      throws IOException, InterruptedException {
    byte[] content;
    try (var in = registry.blob(reference, digest, 0, credentials).in()) {
      content = in.readNBytes(Configuration.MAX_BYTES);
    }
    if (!ContentStore.digestOf(content).equals(digest)) {
      throw Configuration.invalid(
          "the registry sent another configuration than " + digest + ", which was asked for");
    }
    JsonNode config = Configuration.json(content, "the image's configuration");
    var platform = ImageStore.JSON.createObjectNode();
    platform.put("architecture", config.path("architecture").asText(""));
    platform.put("os", config.path("os").asText("linux"));
    if (!config.path("variant").asText("").isEmpty()) {
      platform.put("variant", config.path("variant").asText());
    }
    return platform;
  }
}
