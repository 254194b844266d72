package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A pipe (`pipe2(2)`) whose ends can be handed to a [ChildProcess]. Each end is used by one thread
/// at a time.
///
/// @param reader where bytes come out
/// @param writer where bytes go in
public record Pipe(End reader, End writer) implements AutoCloseable {
  private static final int O_CLOEXEC = 0x80000;
  private static final MethodHandle PIPE2 =
      Syscalls.libc("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  /// A new pipe; both ends are closed on exec.
  public static Pipe open() throws LinuxException {
    int[] ends = new int[2];
    Native.check(
        "make a pipe",
        (arena, errno) -> {
          MemorySegment pair = arena.allocate(JAVA_INT, 2);
          int result = (int) PIPE2.invokeExact(errno, pair, O_CLOEXEC);
          ends[0] = pair.getAtIndex(JAVA_INT, 0);
          ends[1] = pair.getAtIndex(JAVA_INT, 1);
          return result;
        });
    return new Pipe(new End(ends[0]), new End(ends[1]));
  }

  @Override
  public void close() {
    reader.close();
    writer.close();
  }

  /// One end of a pipe.
  public static final class End implements AutoCloseable {
    private int fd;
    // Bytes read beyond the last line that was asked for.
    private byte[] rest = new byte[0];

    private End(int fd) {
      this.fd = fd;
    }

    int fd() {
      if (fd < 0) {
        throw new IllegalStateException("the pipe's end is closed");
      }
      return fd;
    }

    /// Reads up to the next line feed, waiting at most `millis` for each part; what follows stays
    /// for the next call.
    ///
    /// @return the line without its line feed; less than a line, or nothing, where the writers
    ///   closed
    /// @throws IOException after the time
    public String readLine(Readiness readiness, long millis)
        throws IOException, InterruptedException {
      var line = new ByteArrayOutputStream();
      byte[] part = rest;
      while (true) {
        int end = indexOfLineFeed(part);
        if (end >= 0) {
          line.write(part, 0, end);
          rest = java.util.Arrays.copyOfRange(part, end + 1, part.length);
          break;
        }
        line.write(part, 0, part.length);
        part = next(readiness, millis);
        if (part.length == 0) {
          rest = part;
          break;
        }
      }
      return line.toString(StandardCharsets.UTF_8);
    }

    private byte[] next(Readiness readiness, long millis) throws IOException, InterruptedException {
      awaitReadable(readiness, millis);
      byte[] buffer = new byte[16 * 1024];
      int count = Native.read(fd(), buffer);
      if (count < 0) {
        throw new LinuxException("read a pipe", -count);
      }
      return java.util.Arrays.copyOf(buffer, count);
    }

    private void awaitReadable(Readiness readiness, long millis)
        throws IOException, InterruptedException {
      try {
        readiness.readable(fd()).get(millis, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw new IOException("nothing came through a pipe within " + millis + " ms", e);
      } catch (ExecutionException | CancellationException e) {
        throw new IOException("waiting for a pipe ended", e);
      } finally {
        readiness.forget(fd()); // also of an interrupted wait: the number soon means another file
      }
    }

    private static int indexOfLineFeed(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          return i;
        }
      }
      return -1;
    }

    /// Writes all bytes; they must fit into the pipe (64 KiB), or this blocks its carrier.
    public void write(byte[] bytes) throws LinuxException {
      int sent = 0;
      while (sent < bytes.length) {
        int count = Native.write(fd(), bytes, sent, bytes.length - sent);
        if (count < 0) {
          throw new LinuxException("write a pipe", -count);
        }
        sent += count;
      }
    }

    @Override
    public void close() {
      if (fd >= 0) {
        Native.close(fd);
        fd = -1;
      }
    }
  }
}
