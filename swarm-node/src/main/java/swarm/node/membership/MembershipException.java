package swarm.node.membership;

/// An expected failure of init, join or leave, as a sentence for the user.
public final class MembershipException extends Exception {
  private static final long serialVersionUID = 1L;
  private final int httpStatus;

  public MembershipException(int httpStatus, String message) {
    super(message);
    this.httpStatus = httpStatus;
  }

  /// Docker's status for it.
  public int httpStatus() {
    return httpStatus;
  }
}
