package swarm.node.agent;

/// A mount that cannot be, as a sentence for the user.
public final class MountException extends Exception {
  private static final long serialVersionUID = 1L;
  private final boolean unimplemented;

  private MountException(String message, boolean unimplemented) {
    super(message);
    this.unimplemented = unimplemented;
  }

  static MountException invalid(String message) {
    return new MountException(message, false);
  }

  /// @param piece what Docker has and this program has not yet
  static MountException unimplemented(String piece) {
    return new MountException(piece, true);
  }

  /// Whether the message names what this program has not yet, rather than a mistake.
  public boolean isUnimplemented() {
    return unimplemented;
  }
}
