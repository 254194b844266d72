package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The calls on file descriptors that several classes here share, and the one way in which a libc
/// call's failure becomes a [LinuxException]. All calls are thread-safe; none blocks unless its
/// caller asks for a blocking descriptor.
final class Native {
  static final int EINTR = 4;
  static final int EAGAIN = 11;

  private static final MethodHandle CLOSE =
      Syscalls.libc("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      Syscalls.libc("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      Syscalls.libc("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle OPEN =
      Syscalls.libc(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle FCNTL =
      Syscalls.libc(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final int F_DUPFD_CLOEXEC = 1030;
  static final int O_CLOEXEC = 0x80000;

  private Native() {}

  /// A libc call that returns a negative number and sets errno when it fails.
  @FunctionalInterface
  interface Call {
    long run(Arena arena, MemorySegment errno) throws Throwable;
  }

  /// Runs the call, again for as long as a signal interrupts it.
  ///
  /// @throws LinuxException with `what` as its subject
  static long check(String what, Call call) throws LinuxException {
    long result = tolerant(call);
    if (result < 0) {
      throw new LinuxException(what, (int) -result);
    }
    return result;
  }

  /// As [#check], but gives `-errno` instead of throwing, for callers to whom some errnos are
  /// normal.
  static long tolerant(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      while (true) {
        long result = call.run(arena, state);
        if (result >= 0) {
          return result;
        }
        int errno = Syscalls.errno(state);
        if (errno != EINTR) {
          return -errno;
        }
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call threw", e);
    }
  }

  static int open(Path path, int flags, int mode) throws LinuxException {
    return (int)
        check(
            "open " + path,
            (arena, errno) ->
                (int)
                    OPEN.invokeExact(
                        errno, FileNames.terminated(arena, path), flags | O_CLOEXEC, mode));
  }

  /// Closes; a failure of `close` leaves nothing to do, as the descriptor is gone either way.
  static void close(int fd) {
    if (fd < 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      int _ = (int) CLOSE.invokeExact(Syscalls.errnoState(arena), fd);
    } catch (Throwable e) {
      throw new IllegalStateException("close threw", e);
    }
  }

  /// A copy of `fd` with a number of at least `lowest`, closed on exec.
  static int duplicate(int fd, int lowest) throws LinuxException {
    return (int)
        check(
            "duplicate descriptor " + fd,
            (_, errno) -> (int) FCNTL.invokeExact(errno, fd, F_DUPFD_CLOEXEC, lowest));
  }

  /// Bytes read, 0 at the end, `-errno` on failure.
  static int read(int fd, byte[] into) {
    return (int)
        tolerant(
            (arena, errno) -> {
              MemorySegment buffer = arena.allocate(into.length);
              long count = (long) READ.invokeExact(errno, fd, buffer, (long) into.length);
              if (count > 0) {
                MemorySegment.copy(
                    buffer, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, into, 0, (int) count);
              }
              return count;
            });
  }

  /// Bytes written, `-errno` on failure.
  static int write(int fd, byte[] bytes, int offset, int length) {
    return (int)
        tolerant(
            (arena, errno) -> {
              MemorySegment buffer = arena.allocate(length);
              MemorySegment.copy(
                  bytes, offset, buffer, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, length);
              return (long) WRITE.invokeExact(errno, fd, buffer, (long) length);
            });
  }
}
