package swarm.runtime.logs;

/// An option of a log driver, or the driver, is not as Docker has it; the message says so in
/// Docker's words.
public final class InvalidLogOptionException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidLogOptionException(String message) {
    super(message);
  }
}
