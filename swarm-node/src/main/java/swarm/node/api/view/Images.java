package swarm.node.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import swarm.runtime.image.Image;
import swarm.runtime.image.ManifestFacts;
import swarm.scheduler.model.Wire;

/// How images look in the API. Pure.
public final class Images {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private Images() {}

  /// One row of the list.
  ///
  /// @param tags those of the names that are shown
  public static ObjectNode row(Image image, List<String> tags, List<String> digests) {
    ObjectNode row = Wire.JSON.createObjectNode();
    row.put("Id", image.id()).put("ParentId", image.parent());
    row.set("RepoTags", Wire.JSON.valueToTree(tags));
    row.set("RepoDigests", Wire.JSON.valueToTree(digests));
    row.put("Created", image.created().getEpochSecond());
    row.put("Size", image.size()).put("SharedSize", -1).put("Containers", -1);
    row.set("Labels", Wire.JSON.valueToTree(image.labels()));
    return row;
  }

  /// How many bytes of each image are in layers that others have, too, by the image's id.
  public static Map<String, Long> sharedSizes(List<Image> images) {
    Map<String, Integer> owners = new HashMap<>();
    for (Image image : images) {
      Set<String> own = new HashSet<>();
      image.layers().forEach(layer -> own.add(layer.diffId()));
      own.forEach(diffId -> owners.merge(diffId, 1, Integer::sum));
    }
    Map<String, Long> shared = new HashMap<>();
    for (Image image : images) {
      long bytes = 0;
      for (Image.Layer layer : image.layers()) {
        bytes += owners.getOrDefault(layer.diffId(), 0) > 1 ? layer.unpacked() : 0;
      }
      shared.put(image.id(), bytes);
    }
    return shared;
  }

  /// What `inspect` tells.
  ///
  /// @param folders where the layers are, the highest first
  public static ObjectNode inspect(Image image, List<String> folders, ManifestFacts manifest) {
    JsonNode configuration = image.configuration();
    ObjectNode all = Wire.JSON.createObjectNode();
    all.put("Id", image.id());
    all.set("RepoTags", Wire.JSON.valueToTree(image.tags()));
    all.set("RepoDigests", Wire.JSON.valueToTree(image.digests()));
    all.put("Parent", image.parent()).put("Comment", comment(configuration));
    all.put("DockerVersion", configuration.path("docker_version").asText(""));
    all.put("Author", configuration.path("author").asText(""));
    if (!configuration.path("created").asText("").isEmpty()) {
      all.put("Created", configuration.path("created").asText());
    }
    JsonNode config = configuration.path("config");
    all.set("Config", config.isObject() ? config : Wire.JSON.createObjectNode());
    all.put("Architecture", image.architecture()).put("Os", image.os());
    String variant = configuration.path("variant").asText("");
    if (!variant.isEmpty()) {
      all.put("Variant", variant);
    }
    String version = configuration.path("os.version").asText("");
    if (!version.isEmpty()) {
      all.put("OsVersion", version);
    }
    all.put("Size", image.size());
    graph(all.putObject("GraphDriver"), folders);
    ObjectNode rootfs = all.putObject("RootFS").put("Type", "layers");
    if (!image.layers().isEmpty()) {
      ArrayNode layers = rootfs.putArray("Layers");
      image.layers().forEach(layer -> layers.add(layer.diffId()));
    }
    Instant tagged = image.tagged();
    all.putObject("Metadata").put("LastTagTime", tagged == null ? NEVER : tagged.toString());
    if (!manifest.digest().isEmpty()) {
      all.set("Descriptor", descriptor(manifest));
    }
    return all;
  }

  private static void graph(ObjectNode graph, List<String> folders) {
    ObjectNode data = graph.put("Name", "overlay2").putObject("Data");
    if (!folders.isEmpty()) {
      data.put("UpperDir", folders.getFirst());
      if (folders.size() > 1) {
        data.put("LowerDir", String.join(":", folders.subList(1, folders.size())));
      }
    }
  }

  /// What was said when the image was committed or imported.
  private static String comment(JsonNode configuration) {
    String own = configuration.path("comment").asText("");
    JsonNode history = configuration.path("history");
    return own.isEmpty() && !history.isEmpty()
        ? history.get(history.size() - 1).path("comment").asText("")
        : own;
  }

  private static ObjectNode descriptor(ManifestFacts manifest) {
    return Wire.JSON
        .createObjectNode()
        .put("mediaType", manifest.mediaType())
        .put("digest", manifest.digest())
        .put("size", manifest.size());
  }

  /// The manifests of an image: its only one, where it has one.
  ///
  /// @param containers ids of those that use it
  public static ArrayNode manifests(Image image, ManifestFacts manifest, List<String> containers) {
    ArrayNode all = Wire.JSON.createArrayNode();
    if (manifest.digest().isEmpty()) {
      return all;
    }
    ObjectNode one = all.addObject().put("ID", manifest.digest());
    one.set("Descriptor", descriptor(manifest));
    one.put("Available", true);
    one.putObject("Size")
        .put("Content", manifest.content())
        .put("Total", manifest.content() + image.size());
    one.put("Kind", "image");
    ObjectNode data = one.putObject("ImageData");
    ObjectNode platform =
        data.putObject("Platform").put("architecture", image.architecture()).put("os", image.os());
    String variant = image.configuration().path("variant").asText("");
    if (!variant.isEmpty()) {
      platform.put("variant", variant);
    }
    data.set("Containers", Wire.JSON.valueToTree(containers));
    data.putObject("Size").put("Unpacked", image.size());
    return all;
  }
}
