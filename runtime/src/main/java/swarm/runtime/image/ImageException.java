package swarm.runtime.image;

import java.io.IOException;

/// An expected failure with an image, as a sentence for the user.
public final class ImageException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  public enum Kind {
    /// There is no such image, tag or repository.
    NOT_FOUND,
    /// The name or the content is wrong.
    INVALID,
    /// Something stands in the way: it is used.
    CONFLICT,
    /// The registry refused the credentials, or wants some.
    DENIED,
    /// The registry cannot be reached or does not work.
    UNAVAILABLE,
    /// The disk is full.
    NO_SPACE
  }

  private final Kind kind;

  public ImageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
