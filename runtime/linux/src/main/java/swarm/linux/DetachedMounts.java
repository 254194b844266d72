package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// A tree of mounts that is in nobody's mount namespace: one descriptor holds it, and it is gone
/// with that (`open_tree(2)` with `OPEN_TREE_CLONE`). Nothing of it is seen on the host, and
/// nothing is left where the process dies. Thread-safe.
public final class DetachedMounts implements AutoCloseable {
  private static final long SYS_OPEN_TREE = 428;
  private static final int AT_FDCWD = -100;
  private static final int AT_RECURSIVE = 0x8000;
  private static final int OPEN_TREE_CLONE = 1;
  private static final int NONE_YET = -1;
  private static final int GIVEN_UP = -2;

  private static final MethodHandle SYSCALL =
      Syscalls.libc(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(1));

  private final int fd;

  private DetachedMounts(int fd) {
    this.fd = fd;
  }

  /// Puts a tree together.
  @FunctionalInterface
  public interface Builder {
    /// Mounts what it likes: it runs on a thread with a mount namespace of its own, whose mounts
    /// nobody else sees.
    ///
    /// @return where the root of the tree is
    Path build() throws IOException, InterruptedException;
  }

  /// Builds a tree and lets go of all else that was mounted for it.
  public static DetachedMounts make(Builder builder) throws IOException, InterruptedException {
    var made = new AtomicInteger(NONE_YET);
    try {
      Mounts.onOwnThread(
          "detached-mounts",
          () -> {
            Mounts.leaveNamespace();
            int tree = clone(build(builder));
            if (!made.compareAndSet(NONE_YET, tree)) {
              Native.close(tree); // nobody waits for it any more
            }
          });
    } catch (InterruptedException e) {
      int tree = made.getAndSet(GIVEN_UP);
      Native.close(tree);
      throw e;
    }
    return new DetachedMounts(made.get());
  }

  private static Path build(Builder builder) throws IOException {
    try {
      return builder.build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("mounting was interrupted");
    }
  }

  private static int clone(Path root) throws LinuxException {
    return (int)
        Native.check(
            "clone the mounts at " + root,
            (arena, errno) ->
                (long)
                    SYSCALL.invokeExact(
                        errno,
                        SYS_OPEN_TREE,
                        AT_FDCWD,
                        arena.allocateFrom(root.toString()),
                        OPEN_TREE_CLONE | AT_RECURSIVE | Native.O_CLOEXEC));
  }

  /// The root of the tree, for [RootedFiles]; valid until this is closed.
  public Path root() {
    return Path.of("/proc/self/fd/" + fd);
  }

  @Override
  public void close() {
    Native.close(fd);
  }
}
