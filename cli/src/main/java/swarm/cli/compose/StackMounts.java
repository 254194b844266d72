package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import swarm.cli.client.Json;

/// A service's volume as a `Mount`.
final class StackMounts {
  private static final List<String> OPTIONS =
      List.of("bind", "volume", "image", "tmpfs", "cluster");

  private StackMounts() {}

  /// @param volumes those of the file
  static ObjectNode mount(JsonNode volume, JsonNode volumes, StackNames names)
      throws ComposeException {
    String type = volume.path("type").asText("volume");
    String source = volume.path("source").asText("");
    ObjectNode mount = Json.object().put("Type", type);
    ComposeService.copy(volume, "source", mount, "Source");
    ComposeService.copy(volume, "target", mount, "Target");
    ComposeService.copy(volume, "read_only", mount, "ReadOnly");
    ComposeService.copy(volume, "consistency", mount, "Consistency");
    String own = type.equals("npipe") ? "bind" : type;
    for (String other : OPTIONS) {
      if (!other.equals(own) && volume.has(other) && OPTIONS.contains(own)) {
        throw new ComposeException(other + " options are incompatible with type " + type);
      }
    }
    switch (type) {
      case "volume" -> volume(volume, source, volumes, names, mount);
      case "bind", "npipe" -> {
        needed(type, source);
        if (volume.has("bind")) {
          ObjectNode options = mount.putObject("BindOptions");
          ComposeService.copy(volume.path("bind"), "propagation", options, "Propagation");
        }
      }
      case "image" -> {
        needed(type, source);
        if (volume.has("image")) {
          ObjectNode options = mount.putObject("ImageOptions");
          ComposeService.copy(volume.path("image"), "subpath", options, "Subpath");
        }
      }
      case "tmpfs" -> {
        if (!source.isEmpty()) {
          throw new ComposeException("invalid tmpfs source, source must be empty");
        }
        if (volume.has("tmpfs")) {
          ObjectNode options = mount.putObject("TmpfsOptions");
          ComposeService.copy(volume.path("tmpfs"), "size", options, "SizeBytes");
        }
      }
      case "cluster" -> {
        needed(type, source);
        mount.putObject("ClusterOptions");
        if (!source.startsWith("group:")) {
          mount.put("Source", names.of(source, known(source, volumes)));
        }
      }
      default ->
          throw new ComposeException(
              "volume type must be volume, bind, tmpfs, npipe, or cluster, and is " + type);
    }
    return mount;
  }

  private static void needed(String type, String source) throws ComposeException {
    if (source.isEmpty()) {
      throw new ComposeException("invalid " + type + " source, source cannot be empty");
    }
  }

  private static JsonNode known(String source, JsonNode volumes) throws ComposeException {
    JsonNode known = volumes.get(source);
    if (known == null) {
      throw new ComposeException("undefined volume \"" + source + "\"");
    }
    return known;
  }

  private static void volume(
      JsonNode volume, String source, JsonNode volumes, StackNames names, ObjectNode mount)
      throws ComposeException {
    if (source.isEmpty()) {
      return; // anonymous
    }
    JsonNode known = known(source, volumes);
    mount.put("Source", names.of(source, known));
    ObjectNode options = mount.putObject("VolumeOptions");
    ComposeService.copy(volume.path("volume"), "nocopy", options, "NoCopy");
    ComposeService.copy(volume.path("volume"), "subpath", options, "Subpath");
    if (External.is(known)) {
      return;
    }
    options.set("Labels", names.labels(known.path("labels")));
    if (known.has("driver") || known.has("driver_opts")) {
      ObjectNode driver = options.putObject("DriverConfig");
      ComposeService.copy(known, "driver", driver, "Name");
      ComposeService.copy(known, "driver_opts", driver, "Options");
    }
  }
}
