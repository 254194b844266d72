package swarm.runtime.container;

import java.nio.file.Path;
import java.util.List;

/// Where the parts of a container's root directory are on the host.
///
/// @param lower what is never written, the highest first: the image's layers, and below them the
///   places for mounts that every container has
/// @param merged where the whole is mounted while the container runs
/// @param upper what the container has written, in overlayfs form; missing before its first start
/// @param work where overlayfs prepares what it moves to `upper`
public record LayerPaths(List<Path> lower, Path merged, Path upper, Path work) {
  public LayerPaths {
    lower = List.copyOf(lower);
  }
}
