package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.ContainerMount;

/// What the body of `POST /containers/create` says of mounts. Pure.
final class MountRequest {
  private static final Set<String> MOUNT =
      Set.of(
          "Type",
          "Source",
          "Target",
          "ReadOnly",
          "Consistency",
          "BindOptions",
          "TmpfsOptions",
          "VolumeOptions",
          "ImageOptions");
  private static final Set<String> BIND = Set.of("Propagation", "CreateMountpoint");

  private MountRequest() {}

  static List<ContainerMount> read(JsonNode host) throws ApiException {
    var all = new ArrayList<ContainerMount>();
    for (String bind : ContainerRequest.strings(host.path("Binds"))) {
      all.add(bind(bind));
    }
    for (var tmpfs : host.path("Tmpfs").properties()) {
      all.add(
          new ContainerMount.Tmpfs(absolute("target", tmpfs.getKey()), tmpfs.getValue().asText()));
    }
    for (JsonNode mount : host.path("Mounts")) {
      all.add(mount(mount));
    }
    return all;
  }

  /// `/HOST:/PATH[:OPTION,...]`.
  private static ContainerMount bind(String text) throws ApiException {
    String[] parts = text.split(":", -1);
    if (parts.length < 2 || !parts[0].startsWith("/")) {
      throw ApiException.unimplemented(
          "the volume in '" + text + "'; a bind needs /HOST/PATH:/PATH[:ro], and volumes");
    }
    boolean readOnly = false;
    String propagation = "";
    for (String option : parts.length == 2 ? new String[0] : parts[2].split(",")) {
      switch (option) {
        case "ro" -> readOnly = true;
        case "rw", "z", "Z", "nocopy", "cached", "delegated", "consistent" -> {
          // the default, or without a meaning for a bind on this system
        }
        default -> propagation = propagation(option);
      }
    }
    if (parts.length > 3) {
      throw ApiException.bad("invalid volume specification: '" + text + "'");
    }
    return new ContainerMount.Bind(
        parts[0], absolute("target", parts[1]), readOnly, propagation, true);
  }

  private static ContainerMount mount(JsonNode mount) throws ApiException {
    String target = absolute("target", mount.path("Target").asText());
    ContainerRequest.refuseUnknown(mount, MOUNT, "a mount's ");
    ContainerRequest.refuseUnknown(mount.path("BindOptions"), BIND, "a bind mount's option ");
    ContainerRequest.refuseUnknown(mount.path("TmpfsOptions"), Set.of("SizeBytes"), "a tmpfs mount's option ");
    return switch (mount.path("Type").asText()) {
      case "bind" ->
          new ContainerMount.Bind(
              absolute("source", mount.path("Source").asText()),
              target,
              mount.path("ReadOnly").asBoolean(),
              propagation(mount.path("BindOptions").path("Propagation").asText("")),
              mount.path("BindOptions").path("CreateMountpoint").asBoolean());
      case "tmpfs" -> {
        long size = mount.path("TmpfsOptions").path("SizeBytes").asLong();
        yield new ContainerMount.Tmpfs(target, size == 0 ? "" : "size=" + size);
      }
      default ->
          throw ApiException.unimplemented("a mount of type '" + mount.path("Type").asText() + "'");
    };
  }

  private static String absolute(String what, String path) throws ApiException {
    if (!path.startsWith("/")) {
      throw ApiException.bad(
          "invalid mount config: a mount's "
              + what
              + " must be an absolute path, not '"
              + path
              + "'");
    }
    return path;
  }

  private static String propagation(String text) throws ApiException {
    return switch (text) {
      case "", "private", "rprivate", "shared", "rshared", "slave", "rslave" -> text;
      default -> throw ApiException.bad("invalid mode: '" + text + "'");
    };
  }
}
