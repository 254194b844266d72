package swarm.raft.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after a running member's disk: keeps the checksums of Ratis' files and how far the log
/// must reach, sees it get full, and hands leadership over while it is. What a disk answers with an
/// error other than that ends the member.
final class DiskCare {
  private static final Logger LOGGER = LoggerFactory.getLogger(DiskCare.class);
  private static final long LOOK_EVERY_MS = 100;
  private static final long HAND_OVER_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

  /// There is no room for what is to be written.
  static final class FullException extends IOException {
    private static final long serialVersionUID = 1L;

    FullException(String message) {
      super(message);
    }
  }

  private final String member;
  private final Checksums checksums;
  private final CommitMarks marks;
  private final DiskSpace space;
  private final Runnable handOver;
  private final Consumer<Throwable> fatal;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean looking = new AtomicBoolean();

  /// Held while a look writes, so that nothing is written to a directory that is another's now.
  private final ReentrantLock writing = new ReentrantLock();

  private boolean closed; // guarded by writing

  // touched by one look at a time
  private boolean handedOver;
  private long handedOverAt;

  /// @param handOver lets another member lead, where this one does; may block
  DiskCare(
      String member,
      Checksums checksums,
      CommitMarks marks,
      DiskSpace space,
      Runnable handOver,
      Consumer<Throwable> fatal,
      ScheduledExecutorService timer) {
    this.member = member;
    this.checksums = checksums;
    this.marks = marks;
    this.space = space;
    this.handOver = handOver;
    this.fatal = fatal;
    this.timer = timer;
  }

  void start() {
    var _ = timer.scheduleWithFixedDelay(this::tick, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// On the timer's thread, which must not wait for a disk.
  private void tick() {
    if (looking.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name(member + "-disk")
          .start(
              () -> {
                try {
                  look();
                } finally {
                  looking.set(false);
                }
              });
    }
  }

  private void look() {
    if (space.look()) {
      if (space.isFull()) {
        LOGGER.error("{}: {}", member, space.why().orElse(""));
      } else {
        LOGGER.warn("{}: there is room on the disk again, commands are taken", member);
        handedOver = false;
      }
    }
    try {
      note();
    } catch (IOException e) {
      if (isFull(e)) {
        LOGGER.debug("{}: nothing is noted of it while the disk is full", member, e);
      } else {
        fatal.accept(new IOException("The disk does not keep what is written to it.", e));
      }
    }
    if (space.isFull()
        && (!handedOver || System.nanoTime() - handedOverAt > HAND_OVER_EVERY_NANOS)) {
      handedOver = true;
      handedOverAt = System.nanoTime();
      handOver.run();
    }
  }

  private void note() throws IOException {
    writing.lock();
    try {
      if (!closed) {
        checksums.refresh();
        marks.look();
      }
    } finally {
      writing.unlock();
    }
  }

  /// Nothing is written by it any more once this returns.
  void close() {
    writing.lock();
    try {
      closed = true;
    } finally {
      writing.unlock();
    }
  }

  /// Whether an error says that there is no room, rather than that the disk is broken. The text is
  /// the kernel's (`ENOSPC`, `EDQUOT`), the only thing that Java tells.
  static boolean isFull(IOException e) {
    String text = String.valueOf(e.getMessage());
    return e instanceof FullException
        || text.contains("No space left on device")
        || text.contains("Disk quota exceeded");
  }
}
