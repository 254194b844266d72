package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Starts child processes with chosen descriptors, in a session of their own, which
/// `java.lang.ProcessBuilder` cannot: it passes nothing above standard error. One `posix_spawn(3)`
/// each, no shell and no helper process.
///
/// The child gets: standard input from /dev/null; standard output and error as asked; the
/// `inherited` descriptors as 3, 4, ...; nothing else; default signal handlers and an empty signal
/// mask. Needs glibc 2.34 or later.
public final class ChildProcess {
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY_CREATE_APPEND = 1 | 0x40 | 0x400;
  // Sizes of glibc's opaque types on 64-bit Linux are 336, 80 and 128; some room is left.
  private static final int ATTR_BYTES = 512;
  private static final int ACTIONS_BYTES = 256;
  private static final int SIGSET_BYTES = 128;
  // Inherited descriptors are first moved above the numbers that they are to get.
  private static final int LOWEST_MOVED = 64;

  private static final FunctionDescriptor ONE_POINTER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor TWO_POINTERS =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SPAWN =
      Syscalls.libc(
          "posix_spawn",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle ATTR_INIT = Syscalls.libc("posix_spawnattr_init", ONE_POINTER);
  private static final MethodHandle ATTR_DESTROY =
      Syscalls.libc("posix_spawnattr_destroy", ONE_POINTER);
  private static final MethodHandle ATTR_FLAGS =
      Syscalls.libc(
          "posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
  private static final MethodHandle ATTR_MASK =
      Syscalls.libc("posix_spawnattr_setsigmask", TWO_POINTERS);
  private static final MethodHandle ATTR_DEFAULT =
      Syscalls.libc("posix_spawnattr_setsigdefault", TWO_POINTERS);
  private static final MethodHandle SIGEMPTYSET = Syscalls.libc("sigemptyset", ONE_POINTER);
  private static final MethodHandle SIGFILLSET = Syscalls.libc("sigfillset", ONE_POINTER);
  private static final MethodHandle ACTIONS_INIT =
      Syscalls.libc("posix_spawn_file_actions_init", ONE_POINTER);
  private static final MethodHandle ACTIONS_DESTROY =
      Syscalls.libc("posix_spawn_file_actions_destroy", ONE_POINTER);
  private static final MethodHandle ACTIONS_DUP2 =
      Syscalls.libc(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_OPEN =
      Syscalls.libc(
          "posix_spawn_file_actions_addopen",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      Syscalls.libc(
          "posix_spawn_file_actions_addclosefrom_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  private ChildProcess() {}

  /// Starts `command`, whose first word is the program's path. The caller must take the exit code
  /// with [Pidfd#reap] once it has ended, or a zombie stays.
  ///
  /// @param output the file to which standard output and error are appended (`/dev/null` if
  ///   unwanted)
  /// @param environment all of the child's environment
  public static Pidfd start(
      List<String> command, Map<String, String> environment, Path output, Pipe.End... inherited)
      throws LinuxException {
    int[] moved = new int[inherited.length];
    int count = 0;
    try {
      for (; count < moved.length; count++) {
        moved[count] = Native.duplicate(inherited[count].fd(), LOWEST_MOVED);
      }
      int pid = spawn(command, environment, output, moved);
      return Pidfd.open(pid)
          .orElseThrow(() -> new IllegalStateException("child " + pid + " reaped by another"));
    } finally {
      for (int i = 0; i < count; i++) {
        Native.close(moved[i]);
      }
    }
  }

  private static int spawn(
      List<String> command, Map<String, String> environment, Path output, int[] inherited)
      throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Syscalls.errnoState(arena);
      MemorySegment attributes = arena.allocate(ATTR_BYTES, 16);
      MemorySegment actions = arena.allocate(ACTIONS_BYTES, 16);
      expectZero((int) ATTR_INIT.invokeExact(errno, attributes));
      expectZero((int) ACTIONS_INIT.invokeExact(errno, actions));
      try {
        setAttributes(arena, errno, attributes);
        addActions(arena, errno, actions, output, inherited);
        MemorySegment pid = arena.allocate(JAVA_INT);
        List<String> variables =
            environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
        int error =
            (int)
                SPAWN.invokeExact(
                    errno,
                    pid,
                    arena.allocateFrom(command.getFirst()),
                    actions,
                    attributes,
                    strings(arena, command),
                    strings(arena, variables));
        if (error != 0) {
          throw new LinuxException("start " + command.getFirst(), error);
        }
        return pid.get(JAVA_INT, 0);
      } finally {
        int _ = (int) ACTIONS_DESTROY.invokeExact(errno, actions);
        int _ = (int) ATTR_DESTROY.invokeExact(errno, attributes);
      }
    } catch (LinuxException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("posix_spawn threw", e);
    }
  }

  // JVM threads block some signals and handle others; a child must not inherit that.
  private static void setAttributes(Arena arena, MemorySegment errno, MemorySegment attributes)
      throws Throwable {
    MemorySegment set = arena.allocate(SIGSET_BYTES, 8);
    expectZero((int) SIGEMPTYSET.invokeExact(errno, set));
    expectZero((int) ATTR_MASK.invokeExact(errno, attributes, set));
    expectZero((int) SIGFILLSET.invokeExact(errno, set));
    expectZero((int) ATTR_DEFAULT.invokeExact(errno, attributes, set));
    short flags = SETSIGDEF | SETSIGMASK | SETSID;
    expectZero((int) ATTR_FLAGS.invokeExact(errno, attributes, flags));
  }

  private static void addActions(
      Arena arena, MemorySegment errno, MemorySegment actions, Path output, int[] inherited)
      throws Throwable {
    MemorySegment nothing = arena.allocateFrom("/dev/null");
    MemorySegment file = arena.allocateFrom(output.toString());
    expectZero((int) ACTIONS_OPEN.invokeExact(errno, actions, 0, nothing, O_RDONLY, 0));
    expectZero(
        (int) ACTIONS_OPEN.invokeExact(errno, actions, 1, file, O_WRONLY_CREATE_APPEND, 0600));
    expectZero((int) ACTIONS_DUP2.invokeExact(errno, actions, 1, 2));
    for (int i = 0; i < inherited.length; i++) {
      expectZero((int) ACTIONS_DUP2.invokeExact(errno, actions, inherited[i], 3 + i));
    }
    expectZero((int) ACTIONS_CLOSE_FROM.invokeExact(errno, actions, 3 + inherited.length));
  }

  private static MemorySegment strings(Arena arena, List<String> values) {
    MemorySegment array = arena.allocate(ADDRESS, values.size() + 1L);
    for (int i = 0; i < values.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(values.get(i)));
    }
    array.setAtIndex(ADDRESS, values.size(), MemorySegment.NULL);
    return array;
  }

  // These fail for lack of memory or a wrong argument only.
  private static void expectZero(int result) {
    if (result != 0) {
      throw new IllegalStateException("posix_spawn set-up: " + Syscalls.describe(result));
    }
  }
}
