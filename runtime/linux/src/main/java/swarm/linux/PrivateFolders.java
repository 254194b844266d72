package swarm.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Folders that not every user of the machine may look into, whatever the umask is and whatever an
/// earlier version made. Thread-safe.
public final class PrivateFolders {
  /// For the owner alone.
  public static final String OWNER_ONLY = "rwx------";

  /// The owner's; its group may reach what it is told the name of.
  public static final String GROUP_PASSES = "rwx--x---";

  /// The owner's; everybody may reach what they are told the name of, such as a socket.
  public static final String ALL_PASS = "rwx--x--x";

  private PrivateFolders() {}

  /// Makes the folder where it is missing, and its permissions so where it is there.
  ///
  /// @param permissions such as [#OWNER_ONLY]
  /// @return the folder
  public static Path make(Path folder, String permissions) throws IOException {
    var wanted = PosixFilePermissions.fromString(permissions);
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    // With its permissions from the first moment on; setting them is for the umask and for old ones
    Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(wanted));
    Files.setPosixFilePermissions(folder, wanted);
    return folder;
  }
}
