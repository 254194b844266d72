package swarm.cli.spec;

/// One end of `cp`: `CONTAINER:PATH`, a path of this machine, or `-` for a tar on a standard
/// stream. Pure.
///
/// @param container empty for this machine
/// @param path as it was written
public record CopyPath(String container, String path) {
  /// Reads one as Docker's command does: what begins with a slash or a dot is this machine's.
  public static CopyPath parse(String text) {
    int colon = text.indexOf(':');
    boolean local = text.startsWith("/") || colon < 0 || text.startsWith(".");
    return local
        ? new CopyPath("", text)
        : new CopyPath(text.substring(0, colon), text.substring(colon + 1));
  }

  public boolean isLocal() {
    return container.isEmpty();
  }

  /// Whether it is a tar on a standard stream.
  public boolean isStream() {
    return isLocal() && path.equals("-");
  }
}
