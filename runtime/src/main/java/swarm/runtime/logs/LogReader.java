package swarm.runtime.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import swarm.linux.Inotify;

/// Reads a container's log file, after the rotated one (`.1`) if no tail is asked for. Following
/// wakes on changes of the file and on [#wake].
public final class LogReader implements LogStream {
  private static final long ROTATION_PAUSE_MILLIS = 20;

  private final Path path;
  private final LogQuery query;
  private final Inotify inotify;
  private final BooleanSupplier mayGrow;
  private final LineJoiner joiner = new LineJoiner();
  private final Deque<LogEntry> ready = new ArrayDeque<>();
  // Permits say that something may have changed; drained before each look.
  private final Semaphore changes = new Semaphore(0);
  private final ReentrantLock lock = new ReentrantLock();
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
  private byte[] unfinished = new byte[0];
  private Optional<OpenLog> file = Optional.empty();
  private boolean switching;
  private boolean finished;
  private volatile boolean closed;

  private LogReader(Path path, LogQuery query, Inotify inotify, BooleanSupplier mayGrow) {
    this.path = path;
    this.query = query;
    this.inotify = inotify;
    this.mayGrow = mayGrow;
  }

  /// Opens the log at `path`; a missing file is an empty log.
  ///
  /// @param mayGrow whether the container may still write; asked when following, before the look at
  ///   the file that then finds its end
  public static LogReader open(Path path, LogQuery query, Inotify inotify, BooleanSupplier mayGrow)
      throws IOException {
    var reader = new LogReader(path, query, inotify, mayGrow);
    reader.start();
    return reader;
  }

  private void start() throws IOException {
    Path rotated = path.resolveSibling(path.getFileName() + ".1");
    openFile(Files.exists(rotated) && query.tail().isEmpty() ? rotated : path);
    if (file.isPresent() && query.tail().isPresent()) {
      var channel = file.get().channel();
      channel.position(LogTail.offset(channel, query.tail().getAsInt(), this::wantedStream));
    }
  }

  private void openFile(Path name) throws IOException {
    closeFile();
    unfinished = new byte[0];
    switching = false;
    file = OpenLog.open(name, inotify, query.follow(), changes::release);
  }

  /// Has the reader look again: the container has ended, say.
  public void wake() {
    changes.release();
  }

  @Override
  public Optional<LogEntry> next() throws IOException, InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        if (!ready.isEmpty()) {
          return Optional.of(ready.poll());
        }
        if (finished) {
          return Optional.empty();
        }
        advance();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
      closeIfAsked();
    }
  }

  private void advance() throws IOException, InterruptedException {
    changes.drainPermits();
    boolean more = query.follow() && mayGrow.getAsBoolean();
    if (readSome() || nextFile()) {
      return;
    }
    if (more && settled()) {
      changes.acquire();
    } else if (more) {
      // Nothing tells when the monitor has begun the next file, or the first one.
      boolean _ = changes.tryAcquire(ROTATION_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      joiner.flush().forEach(this::offer);
      finished = true;
    }
  }

  // Whether the file that is read has its name still: a later renaming gives an event.
  private boolean settled() throws IOException {
    return file.isPresent()
        && file.get().path().equals(path)
        && Files.exists(path)
        && !file.get().replaced();
  }

  // At the end of one file: goes on with the current one after the rotated one, or with the new one
  // after a rotation. The old one is read once more before: the monitor may have written to it
  // between the look at its end and its replacement.
  private boolean nextFile() throws IOException {
    if (file.isEmpty()) {
      openFile(path);
      return file.isPresent();
    }
    OpenLog current = file.get();
    boolean older = !current.path().equals(path);
    if (switching) {
      openFile(path);
      return file.isPresent();
    }
    switching = older || (query.follow() && current.replaced());
    return switching;
  }

  private boolean readSome() throws IOException {
    if (file.isEmpty()) {
      return false;
    }
    buffer.clear();
    if (file.get().channel().read(buffer) <= 0) {
      return false;
    }
    buffer.flip();
    byte[] bytes = Arrays.copyOf(unfinished, unfinished.length + buffer.remaining());
    buffer.get(bytes, unfinished.length, buffer.remaining());
    int start = 0;
    for (int i = unfinished.length; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        LogLine.parse(bytes, start, i - start).ifPresent(this::take);
        start = i + 1;
      }
    }
    unfinished = Arrays.copyOfRange(bytes, start, bytes.length);
    return true;
  }

  private void take(LogLine line) {
    if (wantedStream(line)) {
      joiner.add(line).ifPresent(this::offer);
    }
  }

  private boolean wantedStream(LogLine line) {
    return switch (line.stream()) {
      case STDOUT -> query.stdout();
      case STDERR -> query.stderr();
      case STDIN -> false;
    };
  }

  private void offer(LogEntry entry) {
    boolean early = query.since().isPresent() && entry.timestamp().isBefore(query.since().get());
    boolean late = query.until().isPresent() && !entry.timestamp().isBefore(query.until().get());
    if (late) {
      finished = true;
    } else if (!early && !finished) {
      ready.add(entry);
    }
  }

  private void closeFile() throws IOException {
    if (file.isPresent()) {
      file.get().close();
      file = Optional.empty();
    }
  }

  /// Whether it was closed.
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    changes.release();
    closeIfAsked();
  }

  // Whoever is last to leave closes the file: a thread inside next() keeps the lock.
  private void closeIfAsked() {
    if (closed && lock.tryLock()) {
      try {
        closeFile();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        lock.unlock();
      }
    }
  }
}
