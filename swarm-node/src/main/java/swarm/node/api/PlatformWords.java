package swarm.node.api;

import java.util.Optional;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Platform;

/// What users hear of an image that is for another platform. Docker's sentences: its clients look
/// for them. Pure.
final class PlatformWords {
  private PlatformWords() {}

  static String mismatch(String name, Platform wanted, Platform actual) {
    return "image with reference "
        + name
        + " was found but does not match the specified platform: wanted "
        + wanted
        + ", actual: "
        + actual;
  }

  /// Checks the image of a new container.
  ///
  /// @param asked the platform that the user wants; empty for none
  /// @param own the architecture of this node
  /// @return a warning, where nobody asked and the image is for another machine
  /// @throws ImageException where the image is not what was asked for: a client then pulls
  static Optional<String> check(String name, String asked, Platform actual, String own)
      throws ImageException {
    Platform host = Platform.linux(own);
    if (asked.isEmpty()) {
      return actual.architecture().isEmpty() || host.accepts(actual)
          ? Optional.empty()
          : Optional.of(
              "The requested image's platform ("
                  + actual
                  + ") does not match the detected host platform ("
                  + host
                  + ") and no specific platform was requested");
    }
    Platform wanted = Platform.parse(asked, own);
    if (!wanted.accepts(actual)) {
      throw new ImageException(ImageException.Kind.NOT_FOUND, mismatch(name, wanted, actual));
    }
    return Optional.empty();
  }
}
