package swarm.runtime.container;

import swarm.runtime.volume.VolumeException;

/// A request that the engine could not fulfil, with a message for the user.
public final class EngineException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What is said of a log whose driver keeps nothing that could be read.
  public static final String UNREADABLE_LOG = "configured logging driver does not support reading";

  /// Whose fault it is; the numbers are the HTTP statuses that Docker's API uses.
  public enum Kind {
    /// There is no such thing (404).
    NOT_FOUND(404),
    /// It is in a state, or has a name, that forbids the request (409).
    CONFLICT(409),
    /// The request makes no sense (400).
    INVALID(400),
    /// It should have worked (500).
    FAILED(500),
    /// It cannot be done with such a container (501).
    UNSUPPORTED(501);

    private final int httpStatus;

    Kind(int httpStatus) {
      this.httpStatus = httpStatus;
    }

    /// The status of an answer that reports it.
    public int httpStatus() {
      return httpStatus;
    }
  }

  private final Kind kind;
  private final int exitCode;

  EngineException(Kind kind, String message) {
    this(kind, message, 0);
  }

  EngineException(Kind kind, String message, int exitCode) {
    super(message);
    this.kind = kind;
    this.exitCode = exitCode;
  }

  EngineException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.exitCode = 0;
  }

  static EngineException notFound(String reference) {
    return new EngineException(Kind.NOT_FOUND, "No such container: " + reference);
  }

  static EngineException noExec(String id) {
    return new EngineException(Kind.NOT_FOUND, "No such exec instance: " + id);
  }

  static EngineException conflict(String message) {
    return new EngineException(Kind.CONFLICT, message);
  }

  static EngineException invalid(String message) {
    return new EngineException(Kind.INVALID, message);
  }

  static EngineException failed(String message) {
    return new EngineException(Kind.FAILED, message);
  }

  static EngineException failed(String message, Throwable cause) {
    return new EngineException(Kind.FAILED, message, cause);
  }

  /// What the volumes say, as an answer.
  static EngineException of(VolumeException e) {
    Kind kind =
        switch (e.kind()) {
          case NOT_FOUND -> Kind.NOT_FOUND;
          case INVALID -> Kind.INVALID;
          case CONFLICT -> Kind.CONFLICT;
          case FAILED -> Kind.FAILED;
        };
    return new EngineException(kind, String.valueOf(e.getMessage()), e);
  }

  /// Whose fault it is.
  public Kind kind() {
    return kind;
  }

  /// Where a command could not be started: 127 (not found), 126 (not executable), 128 (else).
  /// Otherwise 0.
  public int exitCode() {
    return exitCode;
  }
}
