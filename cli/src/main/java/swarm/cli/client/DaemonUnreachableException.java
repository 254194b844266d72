package swarm.cli.client;

import java.io.IOException;

/// No daemon could be asked. The message says where it was looked for and what to do.
public final class DaemonUnreachableException extends IOException {
  public DaemonUnreachableException(String message) {
    super(message);
  }
}
