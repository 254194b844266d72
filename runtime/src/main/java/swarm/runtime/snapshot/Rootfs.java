package swarm.runtime.snapshot;

import java.nio.file.Path;
import java.util.List;

/// The read-only part of a container's root.
///
/// @param layers directories with the layers' files, the topmost first, whiteouts in overlayfs form
///   (character device 0/0, `trusted.overlay.opaque`); none for an empty root
public record Rootfs(List<Path> layers) {
  public Rootfs {
    layers = List.copyOf(layers);
  }
}
