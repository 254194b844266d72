package swarm.node.api;

/// This program's own version.
public final class Version {
  public static final String NUMBER = "0.1.0";
  static final String COMMIT = "unknown";

  private Version() {}
}
