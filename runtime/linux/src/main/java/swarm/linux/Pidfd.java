package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/// A handle on one process that never comes to mean another one, even when its number is used again
/// (`pidfd_open(2)`). Thread-safe until closed.
public final class Pidfd implements AutoCloseable {
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;
  private static final int ESRCH = 3;
  private static final int ECHILD = 10;
  private static final int P_PIDFD = 3;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int CLD_EXITED = 1;
  // siginfo_t on 64-bit Linux: si_signo 0, si_errno 4, si_code 8, then a union aligned to 8.
  private static final int SIGINFO_BYTES = 128;
  private static final int SI_CODE_OFFSET = 8;
  private static final int SI_PID_OFFSET = 16;
  private static final int SI_STATUS_OFFSET = 24;

  private static final MethodHandle SYSCALL3 =
      Syscalls.libc(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle WAITID =
      Syscalls.libc(
          "waitid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

  private final int fd;
  private final int pid;

  private Pidfd(int fd, int pid) {
    this.fd = fd;
    this.pid = pid;
  }

  /// The process with this number, or nothing where there is none.
  public static Optional<Pidfd> open(int pid) throws LinuxException {
    long result =
        Native.tolerant(
            (_, errno) ->
                (long) SYSCALL3.invokeExact(errno, SYS_PIDFD_OPEN, (long) pid, 0L, 0L, 0L));
    if (result == -ESRCH) {
      return Optional.empty();
    }
    if (result < 0) {
      throw new LinuxException("open a handle on process " + pid, (int) -result);
    }
    return Optional.of(new Pidfd((int) result, pid));
  }

  /// The process number that it was opened with.
  public int pid() {
    return pid;
  }

  /// Sends a signal.
  ///
  /// @return false where the process is gone
  public boolean signal(int number) throws LinuxException {
    long result =
        Native.tolerant(
            (_, errno) ->
                (long)
                    SYSCALL3.invokeExact(
                        errno, SYS_PIDFD_SEND_SIGNAL, (long) fd, (long) number, 0L, 0L));
    if (result == -ESRCH) {
      return false;
    }
    if (result < 0) {
      throw new LinuxException("send signal " + number + " to process " + pid, (int) -result);
    }
    return true;
  }

  /// Completes when the process has ended (it may still be a zombie).
  public CompletableFuture<Void> ended(Readiness readiness) throws LinuxException {
    return readiness.readable(fd);
  }

  /// Takes the exit code of an ended child of this process, as a shell gives it (128 + signal), and
  /// frees its zombie. Nothing where it runs on or is not our child.
  public OptionalInt reap() throws LinuxException {
    int[] status = {-1};
    long result =
        Native.tolerant(
            (arena, errno) -> {
              MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
              int r = (int) WAITID.invokeExact(errno, P_PIDFD, fd, info, WEXITED | WNOHANG);
              if (r == 0 && info.get(JAVA_INT, SI_PID_OFFSET) != 0) {
                status[0] = decode(info);
              }
              return r;
            });
    if (result == -ECHILD) {
      return OptionalInt.empty();
    }
    if (result < 0) {
      throw new LinuxException("wait for process " + pid, (int) -result);
    }
    return status[0] < 0 ? OptionalInt.empty() : OptionalInt.of(status[0]);
  }

  private static int decode(MemorySegment info) {
    int code = info.get(JAVA_INT, SI_CODE_OFFSET);
    int status = info.get(JAVA_INT, SI_STATUS_OFFSET);
    return code == CLD_EXITED ? status : 128 + status;
  }

  /// Forgets the process; it runs on.
  @Override
  public void close() {
    Native.close(fd);
  }

  /// As [#close], after telling `readiness` that nobody waits any more.
  public void close(Readiness readiness) {
    readiness.forget(fd);
    close();
  }
}
