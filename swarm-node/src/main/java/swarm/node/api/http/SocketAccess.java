package swarm.node.api.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who may use the API's socket: root, and the group `swarm` where the host has it.
final class SocketAccess {
  static final String GROUP = "swarm";
  private static final Logger LOG = LoggerFactory.getLogger(SocketAccess.class);

  private SocketAccess() {}

  /// Gives a socket to `group` with mode 0660; without such a group, the group of its owner keeps
  /// it.
  static void restrict(Path socket, String group) throws IOException {
    // the group first: whoever has the mode must be in it
    try {
      GroupPrincipal principal =
          socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
      Files.getFileAttributeView(socket, PosixFileAttributeView.class).setGroup(principal);
    } catch (UserPrincipalNotFoundException _) {
      LOG.info(
          "this host has no group '{}': only root may use {}. 'groupadd --system {}' and a restart"
              + " of the daemon let its members, too",
          group,
          socket,
          group);
    }
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
  }
}
