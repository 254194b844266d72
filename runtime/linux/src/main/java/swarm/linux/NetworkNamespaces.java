package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Work inside the network namespace that a file names (`/run/netns/x`, `/proc/1234/ns/net`).
///
/// Each entry is on a platform thread made for it and thrown away after it: `setns(2)` on a virtual
/// thread would move its carrier, and with it every later virtual thread there. Thread-safe.
public final class NetworkNamespaces {
  private static final int O_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x40000000;

  private static final MethodHandle OPEN =
      Syscalls.libc(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SETNS =
      Syscalls.libc("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      Syscalls.libc("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private NetworkNamespaces() {}

  /// What to do inside a namespace. It must neither start threads nor processes that outlive it:
  /// they would be born in that namespace too.
  @FunctionalInterface
  public interface Task<T extends @Nullable Object> {
    T run() throws IOException;
  }

  /// An open namespace: it lives at least as long as this handle.
  public static final class Handle implements AutoCloseable {
    private final AtomicInteger fd;

    private Handle(int fd) {
      this.fd = new AtomicInteger(fd);
    }

    /// The file descriptor, as netlink's `IFLA_NET_NS_FD` wants it; valid until [#close].
    public int fd() {
      int open = fd.get();
      if (open < 0) {
        throw new IllegalStateException("this network namespace is closed");
      }
      return open;
    }

    @Override
    public void close() {
      int open = fd.getAndSet(-1);
      if (open >= 0) {
        NetworkNamespaces.close(open);
      }
    }
  }

  /// Opens the namespace file.
  ///
  /// @throws LinuxException ENOENT where the file, and so mostly its container, is gone
  public static Handle open(Path netns) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      MemorySegment path = arena.allocateFrom(netns.toString());
      int fd = (int) OPEN.invokeExact(state, path, O_CLOEXEC);
      if (fd < 0) {
        throw new LinuxException("open network namespace " + netns, Syscalls.errno(state));
      }
      return new Handle(fd);
    } catch (LinuxException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("open(2) could not be called", e);
    }
  }

  /// Runs `task` inside the namespace and waits for it.
  ///
  /// @throws IOException what the task threw, or why the namespace could not be entered
  public static <T extends @Nullable Object> T call(Path netns, Task<T> task) throws IOException {
    try (Handle handle = open(netns)) {
      return call(handle, task);
    }
  }

  /// Runs `task` inside an open namespace and waits for it; an interrupt does not cut it short.
  ///
  /// @throws IOException what the task threw, or why the namespace could not be entered
  public static <T extends @Nullable Object> T call(Handle netns, Task<T> task) throws IOException {
    var result = new CompletableFuture<T>();
    Thread.ofPlatform()
        .name("netns")
        .daemon()
        .start(
            () -> {
              try {
                enter(netns);
                result.complete(task.run());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    try {
      return result.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// Opens a netlink socket that stays in the namespace; the thread that entered it is gone by
  /// then.
  public static NetlinkSocket openNetlink(Path netns, int protocol) throws IOException {
    return call(netns, () -> NetlinkSocket.open(protocol));
  }

  /// As [#openNetlink(Path, int)], for an open namespace.
  public static NetlinkSocket openNetlink(Handle netns, int protocol) throws IOException {
    return call(netns, () -> NetlinkSocket.open(protocol));
  }

  private static void enter(Handle netns) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Syscalls.errnoState(arena);
      int result = (int) SETNS.invokeExact(state, netns.fd(), CLONE_NEWNET);
      if (result < 0) {
        throw new LinuxException("enter network namespace", Syscalls.errno(state));
      }
    } catch (LinuxException | IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("setns(2) could not be called", e);
    }
  }

  private static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(Syscalls.errnoState(arena), fd);
    } catch (Throwable e) {
      throw new IllegalStateException("close(2) could not be called", e);
    }
  }
}
