package swarm.runtime.container;

/// Which namespaces a container has to itself. Part of [ContainerConfig], whose record on disk has
/// its components. Immutable.
///
/// @param networkMode `none`, `host`, `container:ID`; anything else is the network port's affair
/// @param pidMode own if empty, `host` or `container:ID`
/// @param ipcMode own if empty, `private` or `shareable` (by others); own without shared memory if
///   `none`; `host` or `container:ID`
public record NamespaceConfig(String networkMode, String pidMode, String ipcMode) {
  // A component that is missing in a file of an older version is null here.
  public NamespaceConfig {
    networkMode = networkMode == null ? "" : networkMode;
    pidMode = pidMode == null ? "" : pidMode;
    ipcMode = ipcMode == null ? "" : ipcMode;
  }
}
