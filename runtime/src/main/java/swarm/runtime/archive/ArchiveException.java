package swarm.runtime.archive;

import java.io.IOException;

/// What a path or an archive asks for cannot be done, as a sentence for the user.
public sealed class ArchiveException extends IOException permits EndlessLinkException {
  private static final long serialVersionUID = 1L;

  /// @param message for the user
  public ArchiveException(String message) {
    super(message);
  }
}
