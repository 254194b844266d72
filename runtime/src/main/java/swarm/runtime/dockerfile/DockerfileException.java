package swarm.runtime.dockerfile;

import java.util.Objects;

/// A Dockerfile, an instruction of one or a `.dockerignore` that cannot be read, as a sentence for
/// the user, in Docker's words where it has some.
public final class DockerfileException extends Exception {
  private static final long serialVersionUID = 1L;

  public DockerfileException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), "");
  }

  /// The same, told with its place.
  ///
  /// @param line from 1
  DockerfileException at(int line) {
    return new DockerfileException("dockerfile parse error on line " + line + ": " + getMessage());
  }
}
