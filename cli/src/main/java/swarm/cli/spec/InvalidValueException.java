package swarm.cli.spec;

/// What the user wrote cannot be meant. The message says which value, and what it could be.
public final class InvalidValueException extends Exception {
  public InvalidValueException(String message) {
    super(message);
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
