package swarm.runtime.container;

import java.util.List;
import java.util.Map;

/// What a container may do beyond, or less than, what is usual. Part of [ContainerConfig], whose
/// record on disk has its components. Immutable.
///
/// @param capAdd capabilities beyond the default ones
/// @param capDrop capabilities to leave out
/// @param privileged all capabilities and devices, nothing masked, no seccomp
/// @param readOnlyRootfs whether the root cannot be written
/// @param securityOpts `no-new-privileges`, `seccomp=unconfined`, `seccomp=` and a profile's JSON
///   or absolute path
/// @param sysctls kernel parameters of its namespaces
public record SecurityConfig(
    List<String> capAdd,
    List<String> capDrop,
    boolean privileged,
    boolean readOnlyRootfs,
    List<String> securityOpts,
    Map<String, String> sysctls) {
  // A component that is missing in a file of an older version is null here.
  public SecurityConfig {
    capAdd = capAdd == null ? List.of() : List.copyOf(capAdd);
    capDrop = capDrop == null ? List.of() : List.copyOf(capDrop);
    securityOpts = securityOpts == null ? List.of() : List.copyOf(securityOpts);
    sysctls = ContainerConfig.ordered(sysctls);
  }
}
