package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.Pidfd;
import swarm.linux.Readiness;
import swarm.runtime.logs.LogReader;
import swarm.runtime.stdio.AttachSession;

/// What the engine holds of one container: its record, its processes while it lives, and who waits
/// for it. Fields other than the record are guarded by [#lock], which is held over every change of
/// the container's state but never while waiting for its end.
final class ManagedContainer {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedContainer.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(10);

  /// The processes of a live container.
  record Live(Pidfd monitor, Pidfd init) {
    void close(Readiness readiness) {
      monitor.close(readiness);
      init.close(readiness);
    }

    /// Lets go of processes that are being killed, and takes the monitor's zombie when it ends.
    void abandon(Readiness readiness) {
      Thread.ofVirtual()
          .name("reap-monitor")
          .start(
              () -> {
                try (monitor;
                    init) {
                  monitor.ended(readiness).join();
                  monitor.reap();
                } catch (IOException | java.util.concurrent.CancellationException e) {
                  // The engine closes: whoever adopts us reaps.
                  return;
                }
              });
    }
  }

  final ReentrantLock lock = new ReentrantLock();
  private final ContainerStore store;
  private volatile Container view;
  private volatile CompletableFuture<ExitStatus> nextExit = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> removed = new CompletableFuture<>();
  // Sessions that wait for the next start.
  private final Set<AttachSession> waiting = ConcurrentHashMap.newKeySet();
  private final Set<LogReader> readers = ConcurrentHashMap.newKeySet();
  @Nullable Live live;
  @Nullable Thread restarter;
  // Writes the record later, where it could not be written.
  private @Nullable Thread saver;
  @Nullable HealthProbes probes;
  // Before its last start by its policy; zero after another start.
  Duration restartDelay = Duration.ZERO;
  volatile boolean isRemoved; // changed with the lock held, read without it
  // A user asked for a restart: no removal and no policy when it ends.
  boolean restarting;
  // The engine ends it, as the host goes down.
  boolean endsWithHost;

  ManagedContainer(Container view, ContainerStore store) {
    this.view = view;
    this.store = store;
  }

  String id() {
    return view.id();
  }

  Container view() {
    return view;
  }

  /// Makes `next` the record, on disk first.
  void update(Container next) throws IOException {
    store.save(next);
    saver = null;
    view = next;
    readers.forEach(LogReader::wake);
  }

  /// Makes what has happened the record, or what must not fail: stops and removals. A disk that is
  /// full or broken cannot undo it; it is written once the disk takes it.
  void keep(Container next) {
    try {
      update(next);
    } catch (IOException e) {
      LOG.error("the record of container {} cannot be written; trying again until it can", id(), e);
      view = next;
      readers.forEach(LogReader::wake);
      saver = Thread.ofVirtual().name("save-" + next.shortId()).start(this::saveLater);
    }
  }

  private void saveLater() {
    Duration pause = FIRST_PAUSE;
    try {
      do {
        Thread.sleep(pause);
        pause =
            pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
      } while (!savedOrNotWanted());
    } catch (InterruptedException e) {
      // The engine closes.
      return;
    }
  }

  private boolean savedOrNotWanted() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (isRemoved || !Thread.currentThread().equals(saver)) {
        return true;
      }
      update(view);
      LOG.info("the record of container {} is written", id());
      return true;
    } catch (IOException e) {
      LOG.debug("the record of container {} still cannot be written", id(), e);
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Whether its log may become longer.
  boolean mayWrite() {
    ContainerState state = view.state();
    return state.isLive() || state == ContainerState.RESTARTING;
  }

  /// Makes `next` the record of this daemon alone: what changes often and can be lost.
  void updateInMemory(Container next) {
    view = next;
  }

  Set<AttachSession> waiting() {
    return waiting;
  }

  void addReader(LogReader reader) {
    readers.removeIf(LogReader::isClosed);
    readers.add(reader);
  }

  void wakeReaders() {
    readers.forEach(LogReader::wake);
  }

  CompletableFuture<ExitStatus> nextExit() {
    return nextExit;
  }

  CompletableFuture<ExitStatus> removed() {
    return removed;
  }

  /// Its end; a copy, so that nobody who waits can complete it.
  CompletableFuture<ExitStatus> end(WaitCondition condition) {
    return switch (condition) {
      case NEXT_EXIT -> nextExit.copy();
      case REMOVED -> removed.copy();
      case NOT_RUNNING -> {
        // Before the state is looked at: an end between the two is not missed.
        CompletableFuture<ExitStatus> next = nextExit;
        yield mayWrite() ? next.copy() : CompletableFuture.completedFuture(lastStatus());
      }
    };
  }

  void announceExit(ExitStatus status) {
    CompletableFuture<ExitStatus> ended = nextExit;
    nextExit = new CompletableFuture<>();
    ended.complete(status);
  }

  /// The status of the last run, as the record has it.
  ExitStatus lastStatus() {
    Container now = view;
    return new ExitStatus(
        now.exitCode(),
        now.oomKilled(),
        Optional.ofNullable(now.finishedAt()).orElse(now.createdAt()));
  }

  /// The engine closes: clients' sessions and readers end, the container does not. Waits for an
  /// operation under way.
  void letGo(Readiness readiness) {
    lock.lock();
    try {
      cancelRestart();
      if (saver != null) {
        saver.interrupt();
        saver = null;
      }
      stopProbes();
      Live held = live;
      if (held != null) {
        live = null;
        held.close(readiness);
      }
      waiting.forEach(AttachSession::abandon);
      readers.forEach(LogReader::close);
    } finally {
      lock.unlock();
    }
  }

  void stopProbes() {
    HealthProbes running = probes;
    if (running != null) {
      probes = null;
      running.stop();
    }
  }

  void cancelRestart() {
    Thread thread = restarter;
    if (thread != null) {
      restarter = null;
      thread.interrupt();
    }
  }
}
