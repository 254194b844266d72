package swarm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The one place where libc functions are looked up. Every handle made here captures `errno`: call
/// it with the segment of [#errnoState] as its first argument, then read [#errno].
///
/// Thread-safe: handles are immutable, and each call brings its own errno segment.
final class Syscalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private Syscalls() {}

  /// A handle on libc's function `name` whose first parameter is the errno segment.
  ///
  /// @throws IllegalStateException where libc lacks it (a broken build, not an expected failure)
  static MethodHandle libc(String name, FunctionDescriptor type, Linker.Option... more) {
    MemorySegment address =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("libc has no function " + name));
    var options = new Linker.Option[more.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(more, 0, options, 1, more.length);
    return LINKER.downcallHandle(address, type, options);
  }

  /// A fresh segment for a call's `errno`, freed with `arena`.
  static MemorySegment errnoState(Arena arena) {
    return arena.allocate(STATE);
  }

  /// The `errno` that the last call with this segment left.
  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /// libc's own sentence for an errno, such as "No such file or directory".
  static String describe(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = (MemorySegment) Holder.STRERROR.invokeExact(errnoState(arena), errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException("strerror failed", e);
    }
  }

  private static final class Holder {
    static final MethodHandle STRERROR =
        libc("strerror", FunctionDescriptor.of(java.lang.foreign.ValueLayout.ADDRESS, JAVA_INT));
  }
}
