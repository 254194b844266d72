package swarm.node.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.volume.VolumeRequest;

/// The API's `Mount`, of containers and of services alike, checked as moby's `volume/mounts` checks
/// it and in its words. Pure.
public final class MountSpec {
  private static final Set<String> FIELDS =
      Set.of(
          "Type",
          "Source",
          "Target",
          "ReadOnly",
          "Consistency",
          "BindOptions",
          "TmpfsOptions",
          "VolumeOptions",
          "ImageOptions",
          "ClusterOptions");
  private static final Set<String> BIND =
      Set.of(
          "Propagation",
          "CreateMountpoint",
          "NonRecursive",
          "ReadOnlyNonRecursive",
          "ReadOnlyForceRecursive");
  private static final Set<String> VOLUME = Set.of("NoCopy", "Labels", "DriverConfig", "Subpath");
  private static final Set<String> TMPFS = Set.of("SizeBytes", "Mode", "Options");
  private static final Set<String> PROPAGATIONS =
      Set.of("", "private", "rprivate", "shared", "rshared", "slave", "rslave");

  /// What Docker shows of a local volume's mount for which no mode was given.
  private static final String DEFAULT_MODE = "z";

  private MountSpec() {}

  /// Reads one mount.
  public static ContainerMount read(JsonNode mount) throws MountException {
    known(mount, FIELDS, "a mount's ");
    String type = text(mount, "Type");
    String target = text(mount, "Target");
    if (target.isEmpty()) {
      throw invalid(type, "field Target must not be empty");
    }
    checkTarget(type, target);
    return switch (type) {
      case "bind" -> bind(mount, clean(target));
      case "volume" -> volume(mount, clean(target));
      case "tmpfs" -> tmpfs(mount, clean(target));
      case "image" -> throw MountException.unimplemented("a mount of type 'image'");
      case "npipe", "cluster" ->
          throw MountException.unimplemented("a mount of type '" + type + "'");
      default -> throw invalid(type, "mount type unknown");
    };
  }

  /// @throws MountException where nothing can be mounted there
  public static void checkTarget(String type, String target) throws MountException {
    if (!target.startsWith("/")) {
      throw invalid(type, "invalid mount path: '" + target + "' mount path must be absolute");
    }
    if (clean(target).equals("/")) {
      throw invalid(type, "invalid specification: destination can't be '/'");
    }
  }

  private static MountException invalid(String type, String why) {
    return MountException.invalid("invalid mount config for type \"" + type + "\": " + why);
  }

  private static ContainerMount bind(JsonNode mount, String target) throws MountException {
    JsonNode options = mount.path("BindOptions");
    String source = text(mount, "Source");
    if (source.isEmpty()) {
      throw invalid("bind", "field Source must not be empty");
    }
    String propagation = text(options, "Propagation");
    if (!PROPAGATIONS.contains(propagation)) {
      throw invalid("bind", "invalid propagation mode: " + propagation);
    }
    onlyFor("bind", mount, "VolumeOptions", "TmpfsOptions", "ImageOptions");
    known(options, BIND, "a bind mount's option ");
    if (!source.startsWith("/")) {
      throw invalid("bind", "invalid mount path: '" + source + "' mount path must be absolute");
    }
    return new ContainerMount.Bind(
        clean(source),
        target,
        mount.path("ReadOnly").asBoolean(),
        propagation,
        options.path("CreateMountpoint").asBoolean(),
        options.path("NonRecursive").asBoolean(),
        below(options),
        "");
  }

  private static ContainerMount.Below below(JsonNode options) throws MountException {
    boolean not = options.path("ReadOnlyNonRecursive").asBoolean();
    boolean force = options.path("ReadOnlyForceRecursive").asBoolean();
    if (not && force) {
      throw invalid("bind", "mount options conflict: ReadOnlyNonRecursive, ReadOnlyForceRecursive");
    }
    if (not) {
      return ContainerMount.Below.UNCHANGED;
    }
    return force ? ContainerMount.Below.READ_ONLY : ContainerMount.Below.READ_ONLY_IF_POSSIBLE;
  }

  private static ContainerMount volume(JsonNode mount, String target) throws MountException {
    onlyFor("volume", mount, "BindOptions", "TmpfsOptions", "ImageOptions");
    JsonNode options = mount.path("VolumeOptions");
    known(options, VOLUME, "a volume mount's option ");
    known(options.path("DriverConfig"), Set.of("Name", "Options"), "a volume driver's ");
    String source = text(mount, "Source");
    boolean readOnly = mount.path("ReadOnly").asBoolean();
    if (source.isEmpty() && readOnly) {
      throw invalid("volume", "must not set ReadOnly mode when using anonymous volumes");
    }
    String subpath = text(options, "Subpath");
    if (subpath.startsWith("/") || List.of(subpath.split("/", -1)).contains("..")) {
      throw invalid("volume", "subpath must be a relative path within the volume");
    }
    var wanted =
        new VolumeRequest(
            source,
            text(options.path("DriverConfig"), "Name"),
            map(options.path("DriverConfig").path("Options")),
            map(options.path("Labels")));
    return new ContainerMount.Volume(
        source,
        "",
        target,
        readOnly,
        !options.path("NoCopy").asBoolean(),
        source.isEmpty(),
        subpath,
        DEFAULT_MODE,
        wanted);
  }

  private static ContainerMount tmpfs(JsonNode mount, String target) throws MountException {
    onlyFor("tmpfs", mount, "BindOptions", "VolumeOptions", "ImageOptions");
    if (!text(mount, "Source").isEmpty()) {
      throw invalid("tmpfs", "field Source must not be specified");
    }
    JsonNode options = mount.path("TmpfsOptions");
    known(options, TMPFS, "a tmpfs mount's option ");
    List<String> all = new ArrayList<>();
    if (mount.path("ReadOnly").asBoolean()) {
      all.add("ro");
    }
    if (options.path("Mode").asInt() != 0) {
      all.add("mode=" + Integer.toOctalString(options.path("Mode").asInt()));
    }
    if (options.path("SizeBytes").asLong() != 0) {
      all.add("size=" + options.path("SizeBytes").asLong());
    }
    for (JsonNode option : options.path("Options")) {
      if (!option.isArray() || option.isEmpty() || option.size() > 2) {
        throw invalid("tmpfs", "invalid option array length");
      }
      all.add(
          option.size() == 1
              ? option.get(0).asText()
              : option.get(0).asText() + "=" + option.get(1).asText());
    }
    return new ContainerMount.Tmpfs(target, String.join(",", all), true);
  }

  private static void onlyFor(String type, JsonNode mount, String... others) throws MountException {
    for (String other : others) {
      if (says(mount.path(other))) {
        throw invalid(type, "field " + other + " must not be specified");
      }
    }
  }

  /// Docker's clients send every field they know; only one that says something counts.
  private static void known(JsonNode node, Set<String> known, String what) throws MountException {
    var odd = new TreeSet<String>();
    for (var field : node.properties()) {
      if (!known.contains(field.getKey()) && says(field.getValue())) {
        odd.add(field.getKey());
      }
    }
    if (!odd.isEmpty()) {
      throw MountException.unimplemented(what + String.join(", ", odd));
    }
  }

  private static boolean says(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream().anyMatch(field -> says(field.getValue()));
    }
    return !(value.isNull()
        || value.isMissingNode()
        || (value.isArray() && value.isEmpty())
        || (value.isTextual() && value.asText().isEmpty())
        || (value.isNumber() && value.asDouble() == 0)
        || (value.isBoolean() && !value.asBoolean()));
  }

  /// As Go's `filepath.Clean`.
  private static String clean(String path) {
    return TreePaths.clean(path);
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).isTextual() ? node.path(field).asText() : "";
  }

  private static Map<String, String> map(JsonNode object) {
    var all = new LinkedHashMap<String, String>();
    object.properties().forEach(e -> all.put(e.getKey(), e.getValue().asText()));
    return all;
  }
}
