package swarm.runtime.build;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import swarm.runtime.image.ImageStore;

/// The images that one build stands on: nobody prunes them before its end. Thread-safe.
final class HeldImages implements AutoCloseable {
  private final ImageStore images;
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  HeldImages(ImageStore images) {
    this.images = images;
  }

  /// Holds one more.
  ///
  /// @return whether it is there still
  boolean add(String id) {
    if (held.contains(id)) {
      return true;
    }
    boolean there = images.hold(id);
    if (there && !held.add(id)) {
      images.letGo(id); // another stage was quicker
    }
    return there;
  }

  @Override
  public void close() {
    held.forEach(images::letGo);
  }
}
