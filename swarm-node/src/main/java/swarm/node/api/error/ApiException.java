package swarm.node.api.error;

/// A request that is answered with an error: Docker's status and a sentence for the user.
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  /// @param status of HTTP
  /// @param message what is wrong, and what to do
  public ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  /// The answer's status of HTTP.
  public int status() {
    return status;
  }

  /// What was sent cannot be taken (400).
  public static ApiException bad(String message) {
    return new ApiException(400, message);
  }

  /// What was asked for is not there (404).
  public static ApiException missing(String message) {
    return new ApiException(404, message);
  }

  /// What the Docker Engine API has and this program has not yet: never pretended.
  public static ApiException unimplemented(String piece) {
    return new ApiException(501, piece + " is not implemented yet");
  }
}
