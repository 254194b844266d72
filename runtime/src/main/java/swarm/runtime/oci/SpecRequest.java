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
/// @param hostname its name; empty where it has the host's
/// @param privileged all capabilities and devices
/// @param maskedPaths what cannot be looked into
/// @param readonlyPaths what cannot be written
/// @param mounts beyond the standard ones; one at a standard destination replaces that
/// @param shmBytes size of `/dev/shm`; 0 for none
/// @param resources limits
/// @param devices device nodes to make, with their numbers
/// @param deviceRules what devices it may use besides
/// @param blockRates limits of disks, with their numbers
/// @param sysctls kernel parameters of its namespaces
/// @param namespaces which namespaces are new, joined or the host's
/// @param annotations for the runtime
/// @param cgroupsPath where it is in the cgroup tree
/// @param seccomp the resolved filter, if any
/// @param host facts of the host
public record SpecRequest(
    ProcessRequest process,
    String rootfs,
    boolean readOnlyRootfs,
    String hostname,
    boolean privileged,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    List<SpecMount> mounts,
    long shmBytes,
    Resources resources,
    List<Device> devices,
    List<DeviceRule> deviceRules,
    List<BlockRate> blockRates,
    Map<String, String> sysctls,
    Namespaces namespaces,
    Map<String, String> annotations,
    String cgroupsPath,
    Optional<ObjectNode> seccomp,
    HostFacts host) {

  public SpecRequest {
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    deviceRules = List.copyOf(deviceRules);
    blockRates = List.copyOf(blockRates);
    maskedPaths = List.copyOf(maskedPaths);
    readonlyPaths = List.copyOf(readonlyPaths);
  }

  /// A device node.
  ///
  /// @param path in the container
  /// @param type `c` or `b`
  /// @param mode permission bits
  /// @param access what the cgroup allows: some of `rwm`
  public record Device(
      String path, char type, int major, int minor, int mode, long uid, long gid, String access) {}

  /// What a container may do with devices.
  ///
  /// @param type `a` (all), `c` or `b`
  /// @param major -1 for all
  /// @param minor -1 for all
  /// @param access some of `rwm`
  public record DeviceRule(char type, long major, long minor, String access) {}

  /// A limit of one disk.
  ///
  /// @param field of the specification's `blockIO`: `weightDevice`, `throttleReadBpsDevice` ...
  public record BlockRate(String field, int major, int minor, long value) {}

  /// How a container stands to one kind of namespace.
  public sealed interface Namespace {
    /// A new one.
    record Own() implements Namespace {}

    /// The host's.
    record Host() implements Namespace {}

    /// The one that this path (`/proc/PID/ns/net`, or a file it is bound on) names.
    record Joined(String path) implements Namespace {}
  }

  /// The kinds that can be chosen; mount is always new.
  public record Namespaces(
      Namespace network, Namespace pid, Namespace ipc, Namespace uts, Namespace cgroup) {}
}
