package swarm.linux;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Writing to named pipes (fifo(7)) without the wait for a reader that `java.nio` cannot avoid.
public final class Fifo {
  private static final int O_WRONLY_NONBLOCK = 1 | 0x800;
  private static final int O_RDONLY_NONBLOCK = 0x800;
  private static final int ENXIO = 6;
  private static final int ENOENT = 2;

  private Fifo() {}

  /// Waits until a writer has written something, and takes it.
  ///
  /// @return false where the pipe is gone, or nothing came in time
  public static boolean readOne(Path path, Readiness readiness, long millis)
      throws LinuxException, InterruptedException {
    int fd;
    try {
      // Opening without waiting is what makes a writer that waits for a reader go on.
      fd = Native.open(path, O_RDONLY_NONBLOCK, 0);
    } catch (LinuxException e) {
      if (e.errno() == ENOENT) {
        return false;
      }
      throw e;
    }
    try {
      readiness.readable(fd).get(millis, TimeUnit.MILLISECONDS);
      return Native.read(fd, new byte[1]) == 1;
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      return false;
    } finally {
      readiness.forget(fd);
      Native.close(fd);
    }
  }

  /// Writes a short message (at most 4,096 bytes, so that it arrives whole).
  ///
  /// @return false where nobody reads, or the pipe is gone
  public static boolean write(Path path, byte[] message) throws LinuxException {
    int fd;
    try {
      fd = Native.open(path, O_WRONLY_NONBLOCK, 0);
    } catch (LinuxException e) {
      if (e.errno() == ENXIO || e.errno() == ENOENT) {
        return false;
      }
      throw e;
    }
    try {
      int count = Native.write(fd, message, 0, message.length);
      if (count < 0) {
        throw new LinuxException("write " + path, -count);
      }
      return true;
    } finally {
      Native.close(fd);
    }
  }
}
