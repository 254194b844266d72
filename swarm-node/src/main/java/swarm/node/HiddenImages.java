package swarm.node;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.ContainerUses;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.ContainerEvent;
import swarm.runtime.container.Subscription;
import swarm.runtime.image.ImageStore;

/// Deletes images that were removed while stopped containers had them, with the last of these.
/// Thread-safe.
final class HiddenImages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HiddenImages.class);

  private final ContainerEngine engine;
  private final ImageStore images;
  private final Subscription subscription;

  /// Begins with those whose containers went while no daemon ran.
  HiddenImages(ContainerEngine engine, ImageStore images) {
    this.engine = engine;
    this.images = images;
    this.subscription = engine.subscribe(this::heard);
    sweep();
  }

  private void heard(ContainerEvent event) {
    if (event.action() == ContainerEvent.Action.DESTROY
        && images.hides(event.container().config().imageId())) {
      sweep();
    }
  }

  private void sweep() {
    try {
      images.forgetUnused(new ContainerUses(engine.list()));
    } catch (IOException e) {
      LOG.warn("the layers of a removed image could not be deleted; trying again later", e);
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}
