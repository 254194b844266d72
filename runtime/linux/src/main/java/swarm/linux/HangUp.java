package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Tells a socket whose other end is closed from one whose other end only sends no more (`poll(2)`,
/// `POLLHUP`): reading finds the end in both cases. Thread-safe; does not block.
public final class HangUp {
  private static final MethodHandle POLL =
      Syscalls.libc("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final int POLLFD_BYTES = 8;
  private static final int REVENTS = 6;
  private static final short POLLHUP = 0x10;

  private HangUp() {}

  /// Whether the other end of a socket is closed. Of TCP this is known only once both ends are.
  public static boolean seen(int fd) throws LinuxException {
    return Native.check(
            "poll descriptor " + fd,
            (arena, errno) -> {
              MemorySegment pollfd = arena.allocate(POLLFD_BYTES, 4);
              pollfd.set(JAVA_INT, 0, fd);
              int ready = (int) POLL.invokeExact(errno, pollfd, 1L, 0);
              return ready < 0 ? ready : pollfd.get(JAVA_SHORT, REVENTS) & POLLHUP;
            })
        != 0;
  }
}
