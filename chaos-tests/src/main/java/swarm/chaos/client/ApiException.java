package swarm.chaos.client;

import java.io.IOException;

/// An answer of 400 or above, with the daemon's own words.
public final class ApiException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  ApiException(String request, int status, String message) {
    super(request + ": " + status + " " + message);
    this.status = status;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }
}
