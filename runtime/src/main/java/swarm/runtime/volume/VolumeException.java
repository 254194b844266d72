package swarm.runtime.volume;

import java.io.IOException;

/// An expected failure with a volume, as a sentence for the user.
public final class VolumeException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  public enum Kind {
    /// There is no such volume, or driver.
    NOT_FOUND,
    /// The name or an option is wrong.
    INVALID,
    /// It is used.
    CONFLICT,
    /// What it stands for could not be mounted.
    FAILED
  }

  private final Kind kind;

  /// @param message for the user
  public VolumeException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// What kind of failure it is.
  public Kind kind() {
    return kind;
  }
}
