package swarm.chaos.client;

import java.io.IOException;

/// There was no connection, so the daemon has heard nothing: what was asked surely had no effect.
public final class NotSentException extends IOException {
  private static final long serialVersionUID = 1;

  NotSentException(String message, IOException cause) {
    super(message, cause);
  }
}
