package swarm.node.agent;

import java.io.IOException;
import java.util.Optional;
import swarm.runtime.image.Credentials;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Reference;

/// Finds a task's image: here, else from its registry.
public final class ImageSource {
  private final ImageStore store;
  private final ImagePuller puller;
  private final String architecture;

  public ImageSource(ImageStore store, ImagePuller puller, String architecture) {
    this.store = store;
    this.puller = puller;
    this.architecture = architecture;
  }

  /// @throws IOException with a sentence that the task's owner can act on
  /// @param credentials for its registry
  Image obtain(String name, Credentials credentials) throws IOException, InterruptedException {
    Optional<Image> local = store.find(name);
    if (local.isPresent()) {
      return local.get();
    }
    return puller
        .pull(Reference.parse(name), architecture, credentials, (_, _, _, _) -> {})
        .image();
  }
}
