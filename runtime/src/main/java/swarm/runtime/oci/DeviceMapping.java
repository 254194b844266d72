package swarm.runtime.oci;

/// A host device made usable in a container (`--device`).
///
/// @param hostPath such as `/dev/fuse`
/// @param containerPath where the container sees it
/// @param permissions some of `rwm`: read, write, mknod
public record DeviceMapping(String hostPath, String containerPath, String permissions) {}
