package swarm.cli.spec;

/// Where an archive is unpacked, and under which name: `cp`'s rules, which are those of Docker's
/// `archive.PrepareArchiveCopy` and nearly those of `cp -a`. Pure.
///
/// @param directory where it is unpacked
/// @param from first part of the archive's names that is replaced; empty for none
/// @param to what replaces it
public record CopyPlan(String directory, String from, String to) {
  /// What is at the destination.
  public enum There {
    /// Nothing.
    NOTHING,
    /// A directory.
    DIRECTORY,
    /// Something else.
    FILE
  }

  /// @param name first part of the archive's names
  /// @param sourceIsDirectory whether a directory is copied
  /// @param destination its path as it was written
  public static CopyPlan of(String name, boolean sourceIsDirectory, String destination, There there)
      throws InvalidValueException {
    String[] parts = CopyPath.split(destination);
    return switch (there) {
      case DIRECTORY -> new CopyPlan(destination, "", "");
      case FILE -> {
        if (sourceIsDirectory) {
          throw new InvalidValueException("cannot copy directory");
        }
        yield new CopyPlan(parts[0], name, parts[1]);
      }
      case NOTHING -> {
        if (!sourceIsDirectory && CopyPath.assertsDirectory(destination)) {
          throw new InvalidValueException("no such directory");
        }
        yield new CopyPlan(parts[0], name, parts[1]);
      }
    };
  }

  /// An entry's name where it is unpacked.
  public String rename(String entry) {
    if (from.isEmpty()) {
      return entry;
    }
    String bare = entry.startsWith("/") ? entry.substring(1) : entry;
    if (from.equals("/")) { // the root: its names begin with a slash
      return bare.isEmpty() ? to + "/" : to + "/" + bare;
    }
    if (bare.equals(from) || bare.equals(from + "/")) {
      return to + bare.substring(from.length());
    }
    return bare.startsWith(from + "/") ? to + bare.substring(from.length()) : entry;
  }
}
