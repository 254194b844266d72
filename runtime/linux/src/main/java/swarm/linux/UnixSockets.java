package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What unix sockets of the types that the JDK lacks have in common (unix(7)). Thread-safe.
final class UnixSockets {
  static final int SUN_PATH_BYTES = 107;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;

  static final MethodHandle SEND =
      Syscalls.libc(
          "send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

  private static final int AF_UNIX = 1;
  private static final MethodHandle SOCKET =
      Syscalls.libc("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CONNECT =
      Syscalls.libc("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

  private UnixSockets() {}

  /// A socket that is connected.
  ///
  /// @param type with its flags
  /// @param name of the other side's socket, at most [#SUN_PATH_BYTES]
  /// @param what is said to be connected to where that fails
  /// @return the descriptor, which is the caller's to close
  static int connected(int type, byte[] name, Object what) throws LinuxException {
    int fd =
        (int)
            Native.check(
                "open a socket", (_, errno) -> (int) SOCKET.invokeExact(errno, AF_UNIX, type, 0));
    try {
      Native.check(
          "connect to " + what,
          (arena, errno) -> {
            MemorySegment target = arena.allocate(2 + SUN_PATH_BYTES + 1, 2);
            target.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, target, JAVA_BYTE, 2, name.length);
            return (int) CONNECT.invokeExact(errno, fd, target, (int) target.byteSize());
          });
      return fd;
    } catch (LinuxException e) {
      Native.close(fd);
      throw e;
    }
  }
}
