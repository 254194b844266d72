package swarm.runtime.image;

import java.util.Optional;

/// Which containers use an image. Asked while the store is locked: must not wait.
public interface ImageUses {
  /// Nothing is used.
  ImageUses NONE =
      new ImageUses() {
        @Override
        public Optional<String> running(String imageId) {
          return Optional.empty();
        }

        @Override
        public Optional<String> stopped(String imageId) {
          return Optional.empty();
        }
      };

  /// The id of a container of this image that runs.
  Optional<String> running(String imageId);

  /// The id of a container of this image that does not run.
  Optional<String> stopped(String imageId);

  /// The id of a container of this image.
  default Optional<String> any(String imageId) {
    return running(imageId).or(() -> stopped(imageId));
  }
}
