package swarm.runtime.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that decides a container's specification: every path is resolved, every default applied.
///
/// @param process the first process
/// @param rootfs the host path of its root
/// @param readOnlyRootfs whether the root cannot be written
/// @param hostname its name
/// @param privileged all capabilities and devices, nothing masked
/// @param mounts beyond the standard ones; one at a standard destination replaces that
/// @param shmBytes size of `/dev/shm`
/// @param resources limits
/// @param devices device nodes to make, with their numbers
/// @param sysctls kernel parameters of its namespaces
/// @param namespaces which namespaces are new, joined or the host's
/// @param cgroupsPath where it is in the cgroup tree
/// @param seccomp the resolved filter, if any
/// @param host facts of the host
public record SpecRequest(
    ProcessRequest process,
    String rootfs,
    boolean readOnlyRootfs,
    String hostname,
    boolean privileged,
    List<SpecMount> mounts,
    long shmBytes,
    Resources resources,
    List<Device> devices,
    Map<String, String> sysctls,
    Namespaces namespaces,
    String cgroupsPath,
    Optional<ObjectNode> seccomp,
    HostFacts host) {

  public SpecRequest {
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
  }

  /// A device node.
  ///
  /// @param path in the container
  /// @param type `c` or `b`
  /// @param mode permission bits
  /// @param access what the cgroup allows: some of `rwm`
  public record Device(
      String path, char type, int major, int minor, int mode, long uid, long gid, String access) {}

  /// How a container stands to one kind of namespace.
  public sealed interface Namespace {
    /// A new one.
    record Own() implements Namespace {}

    /// The host's.
    record Host() implements Namespace {}

    /// The one that this path (`/proc/PID/ns/net`, or a file it is bound on) names.
    record Joined(String path) implements Namespace {}
  }

  /// The kinds that can be chosen; mount and UTS are always new, cgroup where the host has v2.
  public record Namespaces(Namespace network, Namespace pid, Namespace ipc) {}
}
