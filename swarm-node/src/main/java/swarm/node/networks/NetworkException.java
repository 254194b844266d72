package swarm.node.networks;

/// A request about networks that cannot be fulfilled, with a sentence for the user.
public final class NetworkException extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  /// @param status of HTTP, as Docker's API has it
  public NetworkException(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }

  static NetworkException bad(String message) {
    return new NetworkException(400, message);
  }

  static NetworkException forbidden(String message) {
    return new NetworkException(403, message);
  }

  static NetworkException missing(String name) {
    return new NetworkException(404, "network " + name + " not found");
  }
}
