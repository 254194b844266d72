package swarm.runtime.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import swarm.linux.Inotify;

/// Reads a container's log, file after file in the order in which they were written, while it is
/// rotated. Following wakes on changes of the current file and on [#wake].
public final class LogReader implements LogStream {
  private static final long ROTATION_PAUSE_MILLIS = 20;
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(1);

  private final LogFiles files;
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
  private long end; // where whoever does not follow ends: the file that was the current one
  private boolean complete; // nothing more will come in this file: it is read once more
  private boolean finished;
  private volatile boolean closed;

  private LogReader(LogFiles files, LogQuery query, Inotify inotify, BooleanSupplier mayGrow) {
    this.files = files;
    this.query = query;
    this.inotify = inotify;
    this.mayGrow = mayGrow;
  }

  /// Opens a log; one without files is empty.
  ///
  /// @param mayGrow whether the container may still write; asked when following, before the look at
  ///   the file that then finds its end
  public static LogReader open(
      LogFiles files, LogQuery query, Inotify inotify, BooleanSupplier mayGrow) throws IOException {
    var reader = new LogReader(files, query, inotify, mayGrow);
    reader.end = files.last() + 1;
    if (query.tail().isPresent()) {
      reader.openTail(query.tail().getAsInt());
    } else {
      reader.openOldest();
    }
    return reader;
  }

  // Files that were last written before the time that is asked for have nothing of it; their times
  // come from a coarser clock.
  private void openOldest() throws IOException {
    for (var one : files.rotated().entrySet()) {
      if (query.since().isEmpty()
          || Files.getLastModifiedTime(one.getValue())
              .toInstant()
              .isAfter(query.since().get().minus(CLOCKS_DIFFER))) {
        openFile(files.open(one.getKey()));
        if (file.isPresent()) {
          return;
        }
      }
    }
    openCurrent();
  }

  private void openTail(int lines) throws IOException {
    var tail = new LogTail(lines, this::wantedStream);
    openCurrent();
    long number = file.map(OpenLog::number).orElse(files.last() + 1);
    if (file.isPresent()) {
      seek(tail);
    }
    for (Long older : files.rotated().headMap(number, false).descendingKeySet()) {
      if (tail.complete()) {
        return;
      }
      Optional<OpenLog> opened = files.open(older);
      if (opened.isPresent()) {
        openFile(opened);
        seek(tail);
      }
    }
  }

  private void seek(LogTail tail) throws IOException {
    FileChannel channel = file.orElseThrow().channel();
    channel.position(tail.offset(channel));
  }

  private void openCurrent() throws IOException {
    openFile(files.open(inotify, query.follow(), changes::release));
  }

  private void openFile(Optional<OpenLog> next) throws IOException {
    closeFile();
    unfinished = new byte[0];
    complete = false;
    file = next;
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
    return file.isPresent() && file.get().path().equals(files.current()) && file.get().inPlace();
  }

  // At the end of one file: goes on with the next one. A file that was rotated may still be written
  // until the monitor has begun the next one, and was perhaps after it was looked at: then it is
  // read once more.
  private boolean nextFile() throws IOException {
    if (file.isEmpty()) {
      return next(end - 1);
    }
    long number = file.get().number();
    if (!query.follow() && number >= end) {
      return false;
    }
    if (!complete) {
      long last = files.last();
      complete = last > number || (last == number && files.begun());
      return complete;
    }
    return next(number);
  }

  private boolean next(long number) throws IOException {
    while (true) {
      for (Long rotated : files.rotated().tailMap(number, false).keySet()) {
        Optional<OpenLog> opened = files.open(rotated);
        if (opened.isPresent()) {
          openFile(opened);
          return true;
        }
      }
      Optional<OpenLog> current = files.open(inotify, query.follow(), changes::release);
      if (current.isEmpty()) {
        return false;
      }
      if (files.rotated().subMap(number, false, current.get().number(), false).isEmpty()) {
        openFile(current);
        return true;
      }
      current.get().close(); // others were rotated in between
    }
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
