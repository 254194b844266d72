package swarm.runtime.container;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.runtime.oci.ConsoleSize;

/// How a container stands to its host beyond what most containers ask for. Immutable.
///
/// @param cgroupnsMode `private`, `host`, or empty for the host's default: private with cgroup v2,
///   the host's with v1
/// @param utsMode own if empty, or `host`
/// @param usernsMode empty or `host`, which is the same here
/// @param maskedPaths what cannot be looked into; null for the usual ones
/// @param readonlyPaths what cannot be written; null for the usual ones
/// @param deviceCgroupRules `TYPE MAJOR:MINOR ACCESS`, such as `c 42:* rmw`
/// @param annotations handed to the OCI runtime
/// @param runtime the OCI runtime as it was asked for; empty for the engine's
/// @param consoleRows of its terminal at the start; 0 where nobody said
/// @param consoleColumns likewise
public record HostOptions(
    String cgroupnsMode,
    String utsMode,
    String usernsMode,
    @Nullable List<String> maskedPaths,
    @Nullable List<String> readonlyPaths,
    List<String> deviceCgroupRules,
    Map<String, String> annotations,
    String runtime,
    int consoleRows,
    int consoleColumns) {
  /// Nothing asked for.
  public static final HostOptions DEFAULT =
      new HostOptions("", "", "", null, null, List.of(), Map.of(), "", 0, 0);

  // A component that is missing in a file of an older version is null here.
  public HostOptions {
    cgroupnsMode = cgroupnsMode == null ? "" : cgroupnsMode;
    utsMode = utsMode == null ? "" : utsMode;
    usernsMode = usernsMode == null ? "" : usernsMode;
    maskedPaths = maskedPaths == null ? null : List.copyOf(maskedPaths);
    readonlyPaths = readonlyPaths == null ? null : List.copyOf(readonlyPaths);
    deviceCgroupRules = deviceCgroupRules == null ? List.of() : List.copyOf(deviceCgroupRules);
    annotations =
        annotations == null
            ? Map.of()
            : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    runtime = runtime == null ? "" : runtime;
  }

  /// The size of its terminal at the start, where somebody said so.
  public Optional<ConsoleSize> consoleSize() {
    return consoleRows > 0 && consoleColumns > 0
        ? Optional.of(new ConsoleSize(consoleRows, consoleColumns))
        : Optional.empty();
  }
}
