package swarm.cli.compose;

/// A Compose file cannot be meant: the message names the file, the line and the key.
public final class ComposeException extends Exception {
  public ComposeException(String message) {
    super(message);
  }

  public ComposeException(Place place, String message) {
    super(place + ": " + message);
  }

  /// What is wrong, and where.
  public String reason() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
