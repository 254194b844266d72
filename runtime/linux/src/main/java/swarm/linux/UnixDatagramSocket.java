package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A connected unix socket of type `SOCK_DGRAM` (unix(7)), which the JDK's channels lack; for
/// sending, as to a host's log daemon. For one thread.
public final class UnixDatagramSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SUN_PATH_BYTES = 107;

  private static final MethodHandle SOCKET =
      Syscalls.libc("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CONNECT =
      Syscalls.libc("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      Syscalls.libc(
          "send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

  private int fd;

  private UnixDatagramSocket(int fd) {
    this.fd = fd;
  }

  /// Connects to the socket at `path`, of at most 107 bytes.
  public static UnixDatagramSocket connect(Path path) throws LinuxException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > SUN_PATH_BYTES) {
      throw new IllegalArgumentException(
          "a socket's path has at most " + SUN_PATH_BYTES + " bytes: " + path);
    }
    int fd =
        (int)
            Native.check(
                "open a socket",
                (_, errno) ->
                    (int) SOCKET.invokeExact(errno, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    try {
      Native.check(
          "connect to " + path,
          (arena, errno) -> {
            MemorySegment target = arena.allocate(2 + SUN_PATH_BYTES + 1, 2);
            target.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, target, JAVA_BYTE, 2, name.length);
            return (int) CONNECT.invokeExact(errno, fd, target, (int) target.byteSize());
          });
      return new UnixDatagramSocket(fd);
    } catch (LinuxException e) {
      Native.close(fd);
      throw e;
    }
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
                  SEND.invokeExact(
                      errno, fd, segment, (long) bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
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
