package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when a descriptor can be read or written, with one platform thread for all of them
/// (`epoll(7)`). Virtual threads wait on the futures; a blocking native call would pin their
/// carrier, and this machine class has two.
///
/// At most one waiter per descriptor at a time: duplicate the descriptor to wait for both
/// directions. Thread-safe. Futures are completed on the polling thread, so dependents of a future
/// must be short or `...Async`.
public final class Readiness implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLL_CTL_MOD = 3;
  private static final int EPOLLIN = 1;
  private static final int EPOLLOUT = 4;
  private static final int EPOLLONESHOT = 1 << 30;
  private static final int EEXIST = 17;
  private static final int MAX_EVENTS = 64;
  // struct epoll_event is packed on x86-64 only.
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int DATA_OFFSET = PACKED ? 4 : 8;

  private static final MethodHandle EPOLL_CREATE1 =
      Syscalls.libc("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      Syscalls.libc(
          "epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      Syscalls.libc(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle EVENTFD =
      Syscalls.libc("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final int epoll;
  private final int wake;
  private final Map<Integer, CompletableFuture<Void>> waiters = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;

  private Readiness(int epoll, int wake) {
    this.epoll = epoll;
    this.wake = wake;
    this.thread = Thread.ofPlatform().name("readiness").daemon().unstarted(this::poll);
  }

  /// Starts the polling thread.
  public static Readiness open() throws LinuxException {
    int epoll =
        (int)
            Native.check(
                "make an epoll", (_, e) -> (int) EPOLL_CREATE1.invokeExact(e, EPOLL_CLOEXEC));
    int wake;
    try {
      wake =
          (int)
              Native.check(
                  "make an eventfd", (_, e) -> (int) EVENTFD.invokeExact(e, 0, EPOLL_CLOEXEC));
    } catch (LinuxException e) {
      Native.close(epoll);
      throw e;
    }
    var readiness = new Readiness(epoll, wake);
    readiness.control(EPOLL_CTL_ADD, wake, EPOLLIN);
    readiness.thread.start();
    return readiness;
  }

  /// Completes once when `fd` can be read without blocking, or has come to its end; is cancelled
  /// when this is closed.
  CompletableFuture<Void> readable(int fd) throws LinuxException {
    return when(fd, EPOLLIN);
  }

  /// Completes once when `fd` can be written without blocking, or has come to its end.
  CompletableFuture<Void> writable(int fd) throws LinuxException {
    return when(fd, EPOLLOUT);
  }

  private CompletableFuture<Void> when(int fd, int events) throws LinuxException {
    var waiter = new CompletableFuture<Void>();
    if (closed) {
      waiter.cancel(false);
      return waiter;
    }
    if (waiters.putIfAbsent(fd, waiter) != null) {
      throw new IllegalStateException("descriptor " + fd + " has a waiter already");
    }
    if (control(EPOLL_CTL_ADD, fd, events | EPOLLONESHOT) == -EEXIST) {
      long result = control(EPOLL_CTL_MOD, fd, events | EPOLLONESHOT);
      if (result < 0) {
        waiters.remove(fd);
        throw new LinuxException("watch descriptor " + fd, (int) -result);
      }
    }
    if (closed) {
      // The polling thread may have cancelled the others already.
      waiter.cancel(false);
    }
    return waiter;
  }

  /// Ends the watch on `fd` and wakes its waiter; call it before closing the descriptor.
  void forget(int fd) {
    if (!closed) {
      control(EPOLL_CTL_DEL, fd, 0);
    }
    var waiter = waiters.remove(fd);
    if (waiter != null) {
      waiter.complete(null);
    }
  }

  private long control(int operation, int fd, int events) {
    return Native.tolerant(
        (arena, errno) -> {
          MemorySegment event = arena.allocate(EVENT_BYTES, 8);
          event.set(JAVA_INT_UNALIGNED, 0, events);
          event.set(JAVA_INT_UNALIGNED, DATA_OFFSET, fd);
          return (int) EPOLL_CTL.invokeExact(errno, epoll, operation, fd, event);
        });
  }

  private void poll() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment events = arena.allocate((long) EVENT_BYTES * MAX_EVENTS, 8);
      while (!closed) {
        int count =
            (int)
                Native.check(
                    "wait for descriptors",
                    (_, errno) ->
                        (int) EPOLL_WAIT.invokeExact(errno, epoll, events, MAX_EVENTS, -1));
        for (int i = 0; i < count; i++) {
          var waiter =
              waiters.remove(events.get(JAVA_INT_UNALIGNED, (long) i * EVENT_BYTES + DATA_OFFSET));
          if (waiter != null) {
            waiter.complete(null);
          }
        }
      }
    } catch (LinuxException e) {
      LOG.error("waiting for descriptors failed; container exits are not noticed any more", e);
    } finally {
      Native.close(epoll);
      Native.close(wake);
      waiters.values().forEach(waiter -> waiter.cancel(false));
    }
  }

  /// Ends the polling thread; futures still open are cancelled.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Native.write(wake, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
