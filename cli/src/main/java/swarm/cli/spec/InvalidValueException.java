package swarm.cli.spec;

/// What the user wrote cannot be meant. The message says which value, and what it could be.
public final class InvalidValueException extends Exception {
  private static final int STATUS = 1;

  private final int status;

  public InvalidValueException(String message) {
    this(message, STATUS);
  }

  /// @param status the command's exit status
  public InvalidValueException(String message, int status) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }

  /// As Docker words it.
  ///
  /// @param option with its dashes
  public static InvalidValueException of(String value, String option, String why) {
    return new InvalidValueException(
        "invalid argument \"" + value + "\" for \"" + option + "\" flag: " + why);
  }

  /// What is wrong.
  public String reason() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
