package swarm.network;

import java.io.IOException;

/// A host port that another container has published already.
public final class PortConflictException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient PortBinding wanted;

  /// @param holder the container that has it
  public PortConflictException(PortBinding wanted, String holder) {
    super(
        "port "
            + wanted.hostPort()
            + "/"
            + wanted.protocol().text()
            + " is already published by container "
            + holder
            + "; choose another host port or stop that container");
    this.wanted = wanted;
  }

  /// What could not be published.
  public PortBinding wanted() {
    return wanted;
  }
}
