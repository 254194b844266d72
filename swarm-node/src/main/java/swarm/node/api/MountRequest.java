package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import swarm.node.agent.MountException;
import swarm.node.agent.MountSpec;
import swarm.node.agent.TaskContainer;
import swarm.node.api.check.TmpfsOptions;
import swarm.node.api.error.ApiException;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.volume.VolumeRequest;

/// What the body of `POST /containers/create` says of mounts, in moby's order and words: other
/// containers' volumes, binds, mounts, tmpfs, and volumes without a name of the request or its
/// image. Pure but for the look at other containers.
final class MountRequest {
  private static final Set<String> ACCESS = Set.of("rw", "ro");
  private static final Set<String> LABELS = Set.of("z", "Z");
  private static final Set<String> CONSISTENCY = Set.of("consistent", "cached", "delegated");
  private static final Set<String> PROPAGATION =
      Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
  private static final Set<String> COPY = Set.of("nocopy");
  private static final String DEFAULT_MODE = "z";

  /// Other containers, whose volumes can be had, too.
  @FunctionalInterface
  interface Others {
    /// The mounts of a container; fails where there is none of that name.
    List<ContainerMount> mounts(String nameOrId) throws EngineException;
  }

  private MountRequest() {}

  static List<ContainerMount> read(JsonNode body, Image image, Others others)
      throws ApiException, EngineException {
    JsonNode host = body.path("HostConfig");
    var all = new LinkedHashMap<String, ContainerMount>();
    for (String from : ContainerRequest.strings(host.path("VolumesFrom"))) {
      inherit(from, others, all);
    }
    List<ContainerMount> own = new ArrayList<>();
    for (String bind : ContainerRequest.strings(host.path("Binds"))) {
      own.add(bind(bind, host.path("VolumeDriver").asText("")));
    }
    try {
      for (var tmpfs : host.path("Tmpfs").properties()) {
        MountSpec.checkTarget("tmpfs", tmpfs.getKey());
        String options = tmpfs.getValue().asText("");
        TmpfsOptions.check(options);
        own.add(new ContainerMount.Tmpfs(TreePaths.clean(tmpfs.getKey()), options, false));
      }
      for (JsonNode mount : host.path("Mounts")) {
        own.add(MountSpec.read(mount));
      }
    } catch (MountException e) {
      throw refused(e);
    }
    var taken = new TreeSet<String>();
    for (ContainerMount mount : own) {
      if (!taken.add(mount.target())) {
        throw ApiException.bad("Duplicate mount point: " + mount.target());
      }
      all.put(mount.target(), mount);
    }
    var unnamed = new TreeSet<String>(image.volumes());
    body.path("Volumes").fieldNames().forEachRemaining(unnamed::add);
    for (String path : unnamed) {
      try {
        MountSpec.checkTarget("volume", path);
      } catch (MountException e) {
        throw refused(e);
      }
    }
    return TaskContainer.withImageVolumes(List.copyOf(all.values()), unnamed);
  }

  private static ApiException refused(MountException e) {
    String message = String.valueOf(e.getMessage());
    return e.isUnimplemented() ? ApiException.unimplemented(message) : ApiException.bad(message);
  }

  /// `CONTAINER[:MODE]`.
  private static List<ContainerMount> mountsOf(String name, Others others)
      throws ApiException, EngineException {
    try {
      return others.mounts(name);
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.NOT_FOUND) {
        // to Docker's command, 404 means that the image is missing: it would pull it
        throw ApiException.bad("No such container: " + name);
      }
      throw e;
    }
  }

  private static void inherit(String text, Others others, Map<String, ContainerMount> all)
      throws ApiException, EngineException {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String mode = colon < 0 ? "rw" : text.substring(colon + 1);
    if (name.isEmpty()) {
      throw ApiException.bad("volumes-from specification cannot be an empty string");
    }
    for (String part : mode.split(",", -1)) {
      if (!ACCESS.contains(part) && !LABELS.contains(part)) {
        throw ApiException.bad("invalid mode: " + mode);
      }
    }
    boolean readOnly = List.of(mode.split(",", -1)).contains("ro");
    for (ContainerMount mount : mountsOf(name, others)) {
      switch (mount) {
        case ContainerMount.Bind b ->
            all.put(
                b.target(),
                new ContainerMount.Bind(
                    b.source(),
                    b.target(),
                    b.readOnly() || readOnly,
                    b.propagation(),
                    b.createSource(),
                    b.shallow(),
                    b.below(),
                    ""));
        case ContainerMount.Volume v ->
            all.put(
                v.target(),
                new ContainerMount.Volume(
                    v.name(),
                    v.source(),
                    v.target(),
                    v.readOnly() || readOnly,
                    false,
                    v.anonymous(),
                    v.subpath(),
                    "",
                    null));
        case ContainerMount.Tmpfs _ -> {
          // memory is one container's
        }
      }
    }
  }

  /// `SOURCE:TARGET[:MODE,...]` or `TARGET`: moby's `ParseMountRaw`.
  private static ContainerMount bind(String text, String driver) throws ApiException {
    String[] parts = text.split(":", -1);
    String invalid = "invalid volume specification: '" + text + "'";
    if (parts.length > 3 || parts[0].isEmpty()) {
      throw ApiException.bad(invalid);
    }
    if (parts.length == 2 && isMode(parts[1])) {
      throw ApiException.bad(invalid); // a target and a mode are no volume
    }
    String source = parts.length == 1 ? "" : parts[0];
    String target = parts.length == 1 ? parts[0] : parts[1];
    String mode = parts.length == 3 ? parts[2] : "";
    if (parts.length == 3 && !isMode(mode)) {
      throw ApiException.bad("invalid mode: " + mode);
    }
    String type = source.startsWith("/") ? "bind" : "volume";
    if (target.isEmpty()) {
      throw ApiException.bad(
          invalid
              + ": invalid mount config for type \""
              + type
              + "\": field Target must not be empty");
    }
    try {
      MountSpec.checkTarget(type, target);
    } catch (MountException e) {
      throw ApiException.bad(invalid + ": " + e.getMessage());
    }
    List<String> options = List.of(mode.split(",", -1));
    boolean readOnly = options.contains("ro");
    String clean = TreePaths.clean(target);
    if (type.equals("bind")) {
      String propagation = options.stream().filter(PROPAGATION::contains).findFirst().orElse("");
      return new ContainerMount.Bind(
          TreePaths.clean(source),
          clean,
          readOnly,
          propagation,
          true,
          false,
          ContainerMount.Below.READ_ONLY_IF_POSSIBLE,
          mode);
    }
    return new ContainerMount.Volume(
        source,
        "",
        clean,
        readOnly,
        !options.contains("nocopy"),
        source.isEmpty(),
        "",
        mode.isEmpty() ? DEFAULT_MODE : mode,
        new VolumeRequest(source, driver, Map.of(), Map.of()));
  }

  /// At most one word of each kind, and nothing else.
  private static boolean isMode(String mode) {
    if (mode.isEmpty()) {
      return false;
    }
    var kinds = new TreeSet<Integer>();
    for (String word : mode.split(",", -1)) {
      int kind =
          ACCESS.contains(word)
              ? 1
              : LABELS.contains(word)
                  ? 2
                  : CONSISTENCY.contains(word)
                      ? 3
                      : PROPAGATION.contains(word) ? 4 : COPY.contains(word) ? 5 : 0;
      if (kind == 0 || !kinds.add(kind)) {
        return false;
      }
    }
    return true;
  }
}
