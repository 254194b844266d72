package swarm.cli.spec;

/// One end of a copy, looked at: `CopyInfo` of Docker's archive package. Pure.
///
/// @param path with the end that the user gave it, links resolved as far as they are followed
/// @param there what is at it
/// @param shown the name under which it is copied where its own is another; else empty
public record CopyEnd(String path, There there, String shown) {
  /// What is at a path.
  public enum There {
    /// Nothing.
    NOTHING,
    /// A directory.
    DIRECTORY,
    /// Something else.
    FILE
  }

  public CopyEnd(String path, There there) {
    this(path, there, "");
  }

  public boolean isDirectory() {
    return there == There.DIRECTORY;
  }

  /// First part of the names in its tar.
  public String name() {
    return PathText.split(path).name();
  }
}
