package swarm.node.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.runtime.container.Container;
import swarm.runtime.image.ImageUses;

/// Which containers use which image, at one moment. Immutable.
public final class ContainerUses implements ImageUses {
  private final Map<String, String> running = new HashMap<>();
  private final Map<String, String> stopped = new HashMap<>();
  private final Map<String, Integer> count = new HashMap<>();

  /// What these containers use.
  public ContainerUses(List<Container> containers) {
    for (Container container : containers) {
      String image = container.config().imageId();
      (container.state().isLive() ? running : stopped).put(image, container.id());
      count.merge(image, 1, Integer::sum);
    }
  }

  @Override
  public Optional<String> running(String imageId) {
    return Optional.ofNullable(running.get(imageId));
  }

  @Override
  public Optional<String> stopped(String imageId) {
    return Optional.ofNullable(stopped.get(imageId));
  }

  /// How many containers there are of an image.
  int count(String imageId) {
    return count.getOrDefault(imageId, 0);
  }
}
