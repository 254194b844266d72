package swarm.linux;

import java.io.IOException;

/// A system call that failed, with its errno, so that callers can tell an expected failure
/// (`EEXIST`) from another.
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1L;
  private final int errno;

  /// `what` names the call and its argument as a user would read it: `mount /proc/x`.
  public LinuxException(String what, int errno) {
    super(what + ": " + Syscalls.describe(errno) + " (errno " + errno + ")");
    this.errno = errno;
  }

  /// The errno in words, as Docker's messages end: "no such file or directory".
  public String reason() {
    return Syscalls.describe(errno).toLowerCase(java.util.Locale.ROOT);
  }

  /// The errno as in `errno.h`.
  public int errno() {
    return errno;
  }
}
