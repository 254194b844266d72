package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Path;

/// Something to do with the files of a container.
@FunctionalInterface
public interface RootfsFunction<T> {
  /// `root` is the container's root directory on the host, valid during the call. Links in it may
  /// point anywhere: resolve paths with [swarm.linux.RootedFiles].
  T apply(Path root) throws IOException, InterruptedException, EngineException;
}
