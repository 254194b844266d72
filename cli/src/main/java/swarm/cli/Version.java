package swarm.cli;

/// This program's version. The daemon has its own constant, so that a client command need not load
/// the daemon's classes; a test compares them.
public final class Version {
  public static final String NUMBER = "0.1.0";

  private Version() {}
}
