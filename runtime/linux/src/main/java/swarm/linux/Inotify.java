package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/// Tells when files change, with one `inotify(7)` instance for all of them (a user has 128
/// instances by default, but thousands of watches). Thread-safe.
public final class Inotify implements AutoCloseable {
  private static final int IN_MODIFY = 0x2;
  private static final int IN_MOVE_SELF = 0x800;
  private static final int IN_DELETE_SELF = 0x400;
  private static final int IN_ATTRIB = 0x4;
  private static final int IN_Q_OVERFLOW = 0x4000;
  private static final int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
  private static final int EVENT_BYTES = 16;

  private static final MethodHandle INIT =
      Syscalls.libc("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle ADD =
      Syscalls.libc(
          "inotify_add_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle REMOVE =
      Syscalls.libc("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final int fd;
  private final Readiness readiness;
  private final ReentrantLock lock = new ReentrantLock();
  // By watch descriptor; the kernel gives the same one for the same inode.
  private final Map<Integer, List<Runnable>> listeners = new HashMap<>();
  private volatile boolean closed;

  private Inotify(int fd, Readiness readiness) {
    this.fd = fd;
    this.readiness = readiness;
  }

  /// An instance whose listeners run on a virtual thread of its own.
  public static Inotify open(Readiness readiness) throws LinuxException {
    int fd =
        (int)
            Native.check(
                "make an inotify instance",
                (_, errno) -> (int) INIT.invokeExact(errno, NONBLOCK_CLOEXEC));
    var inotify = new Inotify(fd, readiness);
    Thread.ofVirtual().name("inotify").start(inotify::loop);
    return inotify;
  }

  /// A watch; closing it ends it.
  public interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /// Calls `listener` after each change of the file now at `path` (its content, its being renamed
  /// or deleted). Several changes may give one call. The listener must be quick.
  public Watch watch(Path path, Runnable listener) throws IOException {
    lock.lock();
    try {
      int watch =
          (int)
              Native.check(
                  "watch " + path,
                  (arena, errno) ->
                      (int)
                          ADD.invokeExact(
                              errno,
                              fd,
                              arena.allocateFrom(path.toString()),
                              IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF | IN_ATTRIB));
      listeners.computeIfAbsent(watch, _ -> new CopyOnWriteArrayList<>()).add(listener);
      return () -> remove(watch, listener);
    } finally {
      lock.unlock();
    }
  }

  private void remove(int watch, Runnable listener) {
    lock.lock();
    try {
      List<Runnable> left = listeners.get(watch);
      if (left != null && left.remove(listener) && left.isEmpty()) {
        listeners.remove(watch);
        // Fails where the file is gone and its watch with it: nothing is left to remove then.
        Native.tolerant((_, errno) -> (int) REMOVE.invokeExact(errno, fd, watch));
      }
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    byte[] buffer = new byte[4096];
    try {
      while (!closed) {
        int count = Native.read(fd, buffer);
        if (count == -Native.EAGAIN) {
          readiness.readable(fd).join();
        } else if (count <= 0) {
          return;
        } else {
          dispatch(ByteBuffer.wrap(buffer, 0, count).order(ByteOrder.nativeOrder()));
        }
      }
    } catch (IOException | java.util.concurrent.CancellationException e) {
      if (!closed) {
        throw new IllegalStateException("inotify ended", e);
      }
    } finally {
      Native.close(fd);
    }
  }

  private void dispatch(ByteBuffer events) {
    while (events.remaining() >= EVENT_BYTES) {
      int watch = events.getInt();
      int mask = events.getInt();
      events.getInt();
      int nameLength = events.getInt();
      events.position(events.position() + nameLength);
      call((mask & IN_Q_OVERFLOW) != 0 ? -1 : watch);
    }
  }

  // After an overflow of the kernel's queue anything may have changed: -1 calls every listener.
  private void call(int watch) {
    List<Runnable> called;
    lock.lock();
    try {
      called =
          watch < 0
              ? listeners.values().stream().flatMap(List::stream).toList()
              : List.copyOf(listeners.getOrDefault(watch, List.of()));
    } finally {
      lock.unlock();
    }
    called.forEach(Runnable::run);
  }

  /// Ends all watches.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      readiness.forget(fd);
    }
  }
}
