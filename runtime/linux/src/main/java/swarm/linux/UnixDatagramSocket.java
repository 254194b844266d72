package swarm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A connected unix socket of type `SOCK_DGRAM` (unix(7)), which the JDK's channels lack; for
/// sending, as to a host's log daemon. For one thread.
public final class UnixDatagramSocket implements AutoCloseable {
  private static final int SOCK_DGRAM = 2;

  private int fd;

  private UnixDatagramSocket(int fd) {
    this.fd = fd;
  }

  /// Connects to the socket at `path`, of at most 107 bytes.
  public static UnixDatagramSocket connect(Path path) throws LinuxException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > UnixSockets.SUN_PATH_BYTES) {
      throw new IllegalArgumentException(
          "a socket's path has at most " + UnixSockets.SUN_PATH_BYTES + " bytes: " + path);
    }
    return new UnixDatagramSocket(
        UnixSockets.connected(SOCK_DGRAM | UnixSockets.SOCK_CLOEXEC, name, path));
  }

  /// Sends one datagram without waiting.
  ///
  /// @return false where the receiver has no room at the moment
  public boolean send(byte[] bytes) throws LinuxException {
    long result =
        Native.tolerant(
            (arena, errno) -> {
              MemorySegment segment = arena.allocate(Math.max(1, bytes.length));
              MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, 0, bytes.length);
              return (long)
                  UnixSockets.SEND.invokeExact(
                      errno,
                      fd,
                      segment,
                      (long) bytes.length,
                      UnixSockets.MSG_DONTWAIT | UnixSockets.MSG_NOSIGNAL);
            });
    if (result == -Native.EAGAIN) {
      return false;
    }
    if (result < 0) {
      throw new LinuxException("send to a socket", (int) -result);
    }
    return true;
  }

  @Override
  public void close() {
    Native.close(fd);
    fd = -1;
  }
}
