package swarm.runtime.build;

import java.io.IOException;

/// A build that failed for what its user did, as a sentence.
public final class BuildException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean invalid;
  private final int code;

  private BuildException(String message, boolean invalid, int code) {
    super(message);
    this.invalid = invalid;
    this.code = code;
  }

  /// What was asked for has no sense.
  public static BuildException invalid(String message) {
    return new BuildException(message, true, 0);
  }

  /// It cannot be done.
  public static BuildException failed(String message) {
    return new BuildException(message, false, 0);
  }

  /// A command ended with a code that is not zero.
  static BuildException ended(String message, int code) {
    return new BuildException(message, false, code);
  }

  /// The same, with more to say.
  BuildException with(String more) {
    return new BuildException(getMessage() + more, invalid, code);
  }

  /// Whether the request itself was wrong.
  public boolean invalid() {
    return invalid;
  }

  /// What the command ended with; 0 where none did.
  public int code() {
    return code;
  }
}
