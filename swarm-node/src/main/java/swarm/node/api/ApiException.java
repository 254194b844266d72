package swarm.node.api;

/// A request that is answered with an error: Docker's status and a sentence for the user.
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  public ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }

  static ApiException bad(String message) {
    return new ApiException(400, message);
  }

  static ApiException missing(String message) {
    return new ApiException(404, message);
  }

  /// What the Docker Engine API has and this program has not yet: never pretended.
  static ApiException unimplemented(String piece) {
    return new ApiException(501, piece + " is not implemented yet");
  }
}
