package swarm.network.netlink;

import java.io.IOException;
import java.util.Objects;
import swarm.linux.LinuxException;

/// A request that the kernel refused, with its errno and, where it gave one, its own sentence.
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;
  private final int errno;

  NetlinkException(String what, int errno, String kernelSays) {
    super(message(what, errno, kernelSays));
    this.errno = errno;
  }

  private static String message(String what, int errno, String kernelSays) {
    String subject = kernelSays.isEmpty() ? what : what + " (\"" + kernelSays + "\")";
    return Objects.requireNonNull(new LinuxException(subject, errno).getMessage());
  }

  /// The errno as in `errno.h`.
  public int errno() {
    return errno;
  }
}
