package swarm.runtime.container;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.LinuxException;
import swarm.linux.ThreadPriority;
import swarm.runtime.logs.LogFiles;
import swarm.runtime.logs.LogLimits;
import swarm.runtime.oci.Conmon;

/// Keeps logs within their limits: a file that has grown too large gets a number, the monitor is
/// told to begin a new one, and what is too old is deleted. A log is looked at the more often the
/// faster it grows, so that a file is larger than its limit by a moment's output; compressing is
/// another thread's work, which takes what processor time others leave.
final class LogRotation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogRotation.class);
  private static final int LOW_PRIORITY = 15;
  private static final int WAITING = 1_024;
  // Within which a log that is new is seen.
  private static final Duration PASS = Duration.ofMillis(100);

  /// What was seen of a log.
  ///
  /// @param due when to look again, as [System#nanoTime] has it
  /// @param rotated whether it was rotated and old files are to be deleted
  private record Look(LogPace pace, long due, boolean rotated) {
    /// The file is not there: the monitor is about to begin a new one.
    Look missed(long now) {
      LogPace next = pace.missed();
      return new Look(next, now + next.pause().toNanos(), rotated);
    }
  }

  private final EngineContext context;
  private final Map<String, Look> looks = new HashMap<>(); // of the rotating thread alone
  private final BlockingQueue<ManagedContainer> toCompress = new ArrayBlockingQueue<>(WAITING);
  private final Thread rotating;
  private final Thread compressing;

  LogRotation(EngineContext context) {
    this.context = context;
    this.rotating = Thread.ofVirtual().name("log-rotation").start(this::loop);
    this.compressing =
        Thread.ofPlatform().daemon().name("log-compression").start(this::compressAll);
  }

  private void loop() {
    try {
      while (true) {
        long next = System.nanoTime() + PASS.toNanos();
        for (ManagedContainer managed : context.registry().all()) {
          next = Math.min(next, look(managed));
        }
        looks.keySet().removeIf(id -> !context.registry().hasId(id));
        Thread.sleep(
            Duration.ofNanos(Math.max(LogPace.SHORTEST.toNanos(), next - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  /// @return when to look again
  private long look(ManagedContainer managed) {
    long now = System.nanoTime();
    long never = now + LogPace.LONGEST.toNanos();
    LogLimits limits = managed.view().config().logging().limits();
    if (limits.maxBytes() <= 0 || !managed.view().state().isLive()) {
      return never;
    }
    Look last = looks.getOrDefault(managed.id(), new Look(LogPace.NEW, now, true));
    if (last.due() - now > 0) {
      return last.due();
    }
    // Who holds the lock starts or removes the container: the others must not wait for that.
    if (!managed.lock.tryLock()) {
      return now;
    }
    try {
      Look next = look(managed, last, limits, now);
      looks.put(managed.id(), next);
      return next.due();
    } catch (NoSuchFileException e) {
      Look next = last.missed(now);
      if (next.pace().pause().equals(LogPace.LONGEST)) {
        resume(managed);
      }
      looks.put(managed.id(), next);
      return next.due();
    } catch (IOException e) {
      LOG.error("the log of container {} could not be rotated", managed.id(), e);
      looks.put(managed.id(), new Look(LogPace.NEW, never, true));
      return never;
    } finally {
      managed.lock.unlock();
    }
  }

  // A daemon that was killed within a rotation has not told the monitor; or somebody deleted it.
  private void resume(ManagedContainer managed) {
    try {
      Conmon.reopenLog(context.paths().bundle(managed.id()));
    } catch (IOException e) {
      LOG.error("the monitor of container {} cannot begin a new log", managed.id(), e);
    }
  }

  private Look look(ManagedContainer managed, Look last, LogLimits limits, long now)
      throws IOException {
    Path log = context.paths().log(managed.id());
    if (managed.isRemoved || !managed.view().state().isLive()) {
      return last;
    }
    long size = Files.size(log);
    LogFiles files = context.paths().logFiles(managed.id());
    if (last.rotated()) {
      files.prune(limits);
      if (limits.compress()) {
        boolean _ = toCompress.offer(managed); // else the next rotation asks again
      }
    }
    boolean full = size > limits.maxBytes();
    LogPace pace = last.pace().seen(size, now, limits.maxBytes());
    if (full) {
      files.rotate();
      Conmon.reopenLog(context.paths().bundle(managed.id()));
      pace = pace.rotated();
    }
    return new Look(pace, now + pace.pause().toNanos(), full);
  }

  private void compressAll() {
    try {
      ThreadPriority.set(LOW_PRIORITY);
    } catch (LinuxException e) {
      LOG.warn("logs are compressed at the usual priority: {}", e.getMessage());
    }
    while (!Thread.currentThread().isInterrupted()) {
      try {
        compress(toCompress.take());
      } catch (InterruptedException | ClosedByInterruptException e) {
        // Closed.
        return;
      } catch (IOException e) {
        LOG.error("a log could not be compressed", e);
      }
    }
  }

  private void compress(ManagedContainer managed) throws IOException, InterruptedException {
    LogFiles files = context.paths().logFiles(managed.id());
    for (var number = files.uncompressed();
        number.isPresent() && !managed.isRemoved;
        number = files.uncompressed()) {
      var copy = files.compress(number.get());
      if (copy.isEmpty()) {
        continue;
      }
      managed.lock.lockInterruptibly();
      try {
        if (managed.isRemoved) {
          Files.delete(copy.get());
        } else {
          files.replace(number.get(), copy.get());
        }
      } finally {
        managed.lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    rotating.interrupt();
    compressing.interrupt();
  }
}
