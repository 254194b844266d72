package swarm.runtime.build;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Progress;

/// What the stages of one build share.
///
/// @param context nothing for a Dockerfile that came alone
record Building(
    BuildOptions options,
    Dockerfile file,
    Optional<BuildContext> context,
    BuildHost host,
    ContainerEngine engine,
    ImageStore images,
    HeldImages held,
    StepLayers layers,
    Clock clock,
    Shared shared) {
  /// What is made once for all stages.
  interface Shared {
    /// The image of an earlier stage, when it is there.
    Optional<Image> stage(int number) throws IOException, EngineException, InterruptedException;

    /// An image to begin with.
    Image base(String name, Optional<Platform> platform, Progress progress)
        throws IOException, InterruptedException;
  }

  Optional<Image> stage(int number) throws IOException, EngineException, InterruptedException {
    return shared.stage(number);
  }

  Image base(String name, Optional<Platform> platform, Progress progress)
      throws IOException, InterruptedException {
    return shared.base(name, platform, progress);
  }

  /// What images of nothing are for.
  Platform platform() {
    return options.platform().orElseGet(host::platform);
  }
}
