package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// A connected unix socket of type `SOCK_SEQPACKET` (unix(7)), which the JDK's channels lack: a
/// stream of packets with an end.
///
/// One thread may receive while others send. Waiting parks a virtual thread without pinning it.
public final class SeqPacketSocket implements AutoCloseable {
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SHUT_WR = 1;
  private static final int SHUT_RDWR = 2;
  private static final int O_PATH = 0x200000;
  private static final int O_DIRECTORY = 0x10000;
  private static final int EPIPE = 32;
  private static final int ECONNRESET = 104;
  private static final int MAX_PACKET = 64 * 1024;

  private static final MethodHandle RECV =
      Syscalls.libc(
          "recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      Syscalls.libc("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final Readiness readiness;
  private final int input;
  // The same socket under a second number, so that both directions can be waited for at once.
  private final int output;
  private final ReentrantLock sending = new ReentrantLock();
  // The open socket counts as one user, each call under way as one more.
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  private SeqPacketSocket(Readiness readiness, int input, int output) {
    this.readiness = readiness;
    this.input = input;
    this.output = output;
  }

  /// Connects to the socket at `path`, which may be longer than the 107 bytes of `sun_path`: its
  /// folder is opened first and named by descriptor.
  public static SeqPacketSocket connect(Path path, Readiness readiness) throws LinuxException {
    Path folder = Objects.requireNonNull(path.getParent(), "the socket's path has no folder");
    int directory = Native.open(folder, O_PATH | O_DIRECTORY, 0);
    try {
      return connect("/proc/self/fd/" + directory + "/" + path.getFileName(), path, readiness);
    } finally {
      Native.close(directory);
    }
  }

  private static SeqPacketSocket connect(String address, Path path, Readiness readiness)
      throws LinuxException {
    byte[] name = address.getBytes(StandardCharsets.UTF_8);
    if (name.length > UnixSockets.SUN_PATH_BYTES) {
      throw new IllegalArgumentException("the socket's file name is too long: " + path);
    }
    int fd =
        UnixSockets.connected(
            SOCK_SEQPACKET | UnixSockets.SOCK_CLOEXEC | SOCK_NONBLOCK, name, path);
    try {
      return new SeqPacketSocket(readiness, fd, Native.duplicate(fd, 0));
    } catch (LinuxException e) {
      Native.close(fd);
      throw e;
    }
  }

  /// Waits for the next packet and copies it into `buffer` (what does not fit is lost).
  ///
  /// @return its length, or -1 at the end of the stream
  public int receive(byte[] buffer) throws IOException, InterruptedException {
    if (!enter()) {
      return -1;
    }
    try {
      while (!closed.get()) {
        int count = (int) receiveNow(buffer);
        if (count > 0) {
          return count;
        }
        if (count == 0) {
          return -1;
        }
        if (count == -ECONNRESET) {
          continue; // told once, before what is still to be read; then comes the end
        }
        if (count != -Native.EAGAIN) {
          throw new LinuxException("receive from a socket", -count);
        }
        await(readiness.readable(input));
      }
      return -1;
    } finally {
      leave();
    }
  }

  private long receiveNow(byte[] buffer) {
    return Native.tolerant(
        (Arena arena, MemorySegment errno) -> {
          MemorySegment segment = arena.allocate(buffer.length);
          long count =
              (long)
                  RECV.invokeExact(
                      errno, input, segment, (long) buffer.length, UnixSockets.MSG_DONTWAIT);
          if (count > 0) {
            MemorySegment.copy(segment, JAVA_BYTE, 0, buffer, 0, (int) count);
          }
          return count;
        });
  }

  /// Sends the bytes in packets of at most `packetBytes`, waiting while the other end is slow.
  ///
  /// @throws LinuxException with `EPIPE` (32) where the other end has gone
  public void send(byte[] bytes, int offset, int length, int packetBytes)
      throws IOException, InterruptedException {
    int size = Math.min(packetBytes, MAX_PACKET);
    if (!enter()) {
      throw new LinuxException("send to a closed socket", EPIPE);
    }
    sending.lock();
    try {
      int sent = 0;
      while (sent < length) {
        if (closed.get()) {
          throw new LinuxException("send to a closed socket", EPIPE);
        }
        int part = Math.min(size, length - sent);
        long result = sendNow(bytes, offset + sent, part);
        if (result == -Native.EAGAIN) {
          await(readiness.writable(output));
        } else if (result < 0) {
          throw new LinuxException("send to a socket", (int) -result);
        } else {
          sent += part;
        }
      }
    } finally {
      sending.unlock();
      leave();
    }
  }

  private long sendNow(byte[] bytes, int offset, int length) {
    return Native.tolerant(
        (arena, errno) -> {
          MemorySegment segment = arena.allocate(length);
          MemorySegment.copy(bytes, offset, segment, JAVA_BYTE, 0, length);
          return (long)
              UnixSockets.SEND.invokeExact(
                  errno,
                  output,
                  segment,
                  (long) length,
                  UnixSockets.MSG_DONTWAIT | UnixSockets.MSG_NOSIGNAL);
        });
  }

  /// Says that no more will be sent; receiving goes on.
  public void shutdownOutput() {
    if (enter()) {
      try {
        shutdown(SHUT_WR);
      } finally {
        leave();
      }
    }
  }

  private void shutdown(int how) {
    Native.tolerant((_, errno) -> (int) SHUTDOWN.invokeExact(errno, output, how));
  }

  private static void await(CompletableFuture<Void> ready) throws InterruptedException {
    try {
      ready.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Ends both directions; waiting calls return. May be called by any thread, more than once.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      // A shut-down socket is ready for both directions, which wakes whoever waits.
      shutdown(SHUT_RDWR);
      leave();
    }
  }

  // The descriptors are freed by whoever leaves last, so that a number never comes to mean another
  // file under a thread that is about to use it.
  private boolean enter() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  private void leave() {
    if (users.decrementAndGet() == 0) {
      readiness.forget(input);
      readiness.forget(output);
      Native.close(input);
      Native.close(output);
    }
  }
}
