package swarm.cli.client;

/// The daemon refused a request, and said why.
public final class DaemonException extends Exception {
  private final int status;

  /// @param status the answer's HTTP status, 400 to 599; 200 where a stream that had begun ended in
  ///   an error
  public DaemonException(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }

  /// The daemon's own words.
  public String reason() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
