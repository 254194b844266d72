package swarm.runtime.stdio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import swarm.linux.Fifo;
import swarm.linux.LinuxException;
import swarm.linux.Readiness;
import swarm.linux.SeqPacketSocket;

/// A client's hold on the standard streams of one process, through conmon's attach socket. It can
/// be made before the process is there: reading and writing then wait for it.
///
/// One thread reads, another writes. A session that nobody reads holds the process's output up, as
/// a pipe would: read until the end or close.
public final class AttachSession implements AutoCloseable {
  // conmon sends 8,192 bytes of output after one byte that names the stream, and takes packets of
  // up to 32 KiB.
  private static final int PACKET_BYTES = 8192 + 1;
  private static final int CONMON_STDOUT = 2;
  private static final int CONMON_STDERR = 3;
  private static final int EPIPE = 32;

  /// What a session is for.
  ///
  /// @param stdin whether it writes
  /// @param stdout whether it wants standard output
  /// @param stderr whether it wants standard error
  public record Streams(boolean stdin, boolean stdout, boolean stderr) {
    /// All three.
    public static final Streams ALL = new Streams(true, true, true);

    /// Both outputs.
    public static final Streams OUTPUT = new Streams(false, true, true);
  }

  private final Streams streams;
  private final boolean hangUpEndsStdin;
  private final Path folder;
  private final CompletableFuture<SeqPacketSocket> socket = new CompletableFuture<>();
  private volatile boolean closed;

  /// A session that waits for [#connect].
  ///
  /// @param folder where conmon keeps `attach` and `ctl`
  /// @param hangUpEndsStdin whether conmon closes the process's standard input when any session
  ///   goes
  public AttachSession(Streams streams, Path folder, boolean hangUpEndsStdin) {
    this.streams = streams;
    this.folder = folder;
    this.hangUpEndsStdin = hangUpEndsStdin;
  }

  /// Connects to the monitor. Output from then on is not lost.
  public void connect(Readiness readiness) throws LinuxException {
    SeqPacketSocket connected = SeqPacketSocket.connect(folder.resolve("attach"), readiness);
    if (!socket.complete(connected)) {
      connected.close();
    }
  }

  /// Ends a session whose process never came, so that whoever waits on it sees the end.
  public void abandon() {
    socket.cancel(false);
  }

  /// Waits for output that this session wants.
  ///
  /// @return the next bytes, or nothing at the end: the process ended or the session was closed
  public Optional<StreamFrame> read() throws IOException, InterruptedException {
    Optional<SeqPacketSocket> connected = connected();
    if (connected.isEmpty()) {
      return Optional.empty();
    }
    byte[] buffer = new byte[PACKET_BYTES];
    while (true) {
      int count = connected.get().receive(buffer);
      if (count < 0) {
        return Optional.empty();
      }
      if (count > 1 && buffer[0] == CONMON_STDOUT && streams.stdout()) {
        return Optional.of(frame(StdStream.STDOUT, buffer, count));
      }
      if (count > 1 && buffer[0] == CONMON_STDERR && streams.stderr()) {
        return Optional.of(frame(StdStream.STDERR, buffer, count));
      }
    }
  }

  private static StreamFrame frame(StdStream stream, byte[] buffer, int count) {
    return new StreamFrame(stream, Arrays.copyOfRange(buffer, 1, count));
  }

  /// Writes to the process's standard input, waiting while the process does not read. What comes
  /// after the process's end is dropped.
  ///
  /// @throws IllegalStateException where the session was not made for standard input
  public void write(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
    if (!streams.stdin()) {
      throw new IllegalStateException("the session has no standard input");
    }
    Optional<SeqPacketSocket> connected = connected();
    if (connected.isEmpty()) {
      return;
    }
    try {
      connected.get().send(bytes, offset, length, PACKET_BYTES - 1);
    } catch (LinuxException e) {
      if (e.errno() != EPIPE) {
        throw e;
      }
    }
  }

  /// Says that no more input will come. The process sees the end of its input where it has
  /// `stdinOnce` and no terminal; output goes on.
  public void closeStdin() throws InterruptedException {
    if (streams.stdin()) {
      connected().ifPresent(SeqPacketSocket::shutdownOutput);
    }
  }

  /// Sets the size of the process's terminal.
  ///
  /// @return false where the process is not running
  public boolean resize(int rows, int columns) throws LinuxException {
    return resize(folder, rows, columns);
  }

  /// Sets the size of the terminal whose monitor has this folder; false where it is not running.
  public static boolean resize(Path folder, int rows, int columns) throws LinuxException {
    byte[] message = ("1 " + rows + " " + columns + "\n").getBytes(StandardCharsets.US_ASCII);
    return Fifo.write(folder.resolve("ctl"), message);
  }

  private Optional<SeqPacketSocket> connected() throws InterruptedException {
    try {
      return Optional.of(socket.get());
    } catch (java.util.concurrent.CancellationException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Detaches; the process runs on. May be called by any thread, more than once.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    socket.cancel(false);
    if (!socket.isCancelled() && socket.isDone()) {
      SeqPacketSocket connected = socket.join();
      if (hangUpEndsStdin && !streams.stdin()) {
        Thread.ofVirtual().name("attach-drain").start(() -> drain(connected));
      } else {
        connected.close();
      }
    }
  }

  /// Whether it was closed.
  public boolean isClosed() {
    return closed;
  }

  // conmon would close the process's standard input, which belongs to another session: stay
  // connected and throw the output away.
  private static void drain(SeqPacketSocket connected) {
    byte[] buffer = new byte[PACKET_BYTES];
    try (connected) {
      while (connected.receive(buffer) >= 0) {
        // Thrown away.
      }
    } catch (IOException | java.util.concurrent.CancellationException e) {
      // The engine closes: the connection ends with it.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
