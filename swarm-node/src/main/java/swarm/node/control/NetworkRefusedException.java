package swarm.node.control;

/// A network that cannot be made: its message says why, for the user.
public final class NetworkRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  NetworkRefusedException(String message) {
    super(message);
  }
}
