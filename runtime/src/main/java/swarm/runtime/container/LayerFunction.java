package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Path;

/// Something to do with what a container has written.
@FunctionalInterface
public interface LayerFunction<T> {
  /// All valid during the call; as for [RootfsFunction], links may point anywhere.
  ///
  /// @param upper what it has written, in overlayfs form
  /// @param lower the root without that
  /// @param merged the root with it
  T apply(Path upper, Path lower, Path merged)
      throws IOException, InterruptedException, EngineException;
}
