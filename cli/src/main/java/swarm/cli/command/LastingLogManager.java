package swarm.cli.command;

import java.util.logging.LogManager;

/// Keeps the daemon's log open until the process is gone: Java's own manager takes all handlers
/// away as soon as SIGTERM has come, while the daemon still stops, and with a machine that shuts
/// down, its containers.
public final class LastingLogManager extends LogManager {
  /// Called by the JDK.
  public LastingLogManager() {}

  /// Does nothing: called when the JVM ends, and before there are any handlers. What they write
  /// they write through.
  @Override
  public void reset() {}
}
