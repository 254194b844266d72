package swarm.cli.command;

import java.io.IOException;

/// Tells systemd that the daemon is ready (`Type=notify`), where it asked to be told.
final class SystemdNotify {
  private SystemdNotify() {}

  /// `systemd-notify` is forked once in a daemon's life: the JDK has no unix datagram sockets.
  static void ready() {
    if (System.getenv("NOTIFY_SOCKET") == null) {
      return;
    }
    try {
      new ProcessBuilder("systemd-notify", "--ready").inheritIO().start().waitFor();
    } catch (IOException e) {
      System.err.println("systemd was not told that the daemon is ready: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
