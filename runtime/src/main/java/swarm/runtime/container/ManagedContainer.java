package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import swarm.linux.Pidfd;
import swarm.linux.Readiness;
import swarm.runtime.logs.LogReader;
import swarm.runtime.stdio.AttachSession;

/// What the engine holds of one container: its record, its processes while it lives, and who waits
/// for it. Fields other than the record are guarded by [#lock], which is held over every change of
/// the container's state but never while waiting for its end.
final class ManagedContainer {
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
    view = next;
    readers.forEach(LogReader::wake);
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
