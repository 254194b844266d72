package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// Named network namespaces: a namespace that lives for as long as a file that it is bind-mounted
/// on, as `ip netns add` makes them (ip-netns(8)), but at any path.
public final class NamespaceFiles {
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final short IFF_UP = 1;
  private static final int IFNAMSIZ = 16;
  private static final int IFREQ_BYTES = 40;

  private static final MethodHandle UNSHARE =
      Syscalls.libc("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SOCKET =
      Syscalls.libc("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle IOCTL =
      Syscalls.libc(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  private NamespaceFiles() {}

  /// Makes a new network namespace whose loopback is up and binds it on `file`, which must not
  /// exist yet (its folder must). A failure leaves no file.
  public static void createNetwork(Path file) throws IOException, InterruptedException {
    Files.createFile(file);
    try {
      Mounts.onOwnThread(
          "netns-create",
          () -> {
            Native.check(
                "make a network namespace",
                (_, errno) -> (int) UNSHARE.invokeExact(errno, CLONE_NEWNET));
            loopbackUp();
            Mounts.bind(Path.of("/proc/thread-self/ns/net"), file);
          });
    } catch (IOException | RuntimeException | InterruptedException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /// Unbinds and deletes `file`; the namespace ends with its last process. Does nothing where there
  /// is none.
  public static void remove(Path file) throws IOException {
    while (Mounts.detach(file)) {
      // A file bound twice (a broken run) needs as many unmounts.
    }
    Files.deleteIfExists(file);
  }

  private static void loopbackUp() throws LinuxException {
    int socket =
        (int)
            Native.check(
                "open a socket",
                (_, errno) ->
                    (int) SOCKET.invokeExact(errno, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    try {
      Native.check(
          "bring lo up",
          (arena, errno) ->
              (int) IOCTL.invokeExact(errno, socket, SIOCSIFFLAGS, loopbackUpRequest(arena)));
    } finally {
      Native.close(socket);
    }
  }

  private static MemorySegment loopbackUpRequest(Arena arena) {
    MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
    request.setString(0, "lo");
    request.set(JAVA_SHORT, IFNAMSIZ, IFF_UP);
    return request;
  }
}
