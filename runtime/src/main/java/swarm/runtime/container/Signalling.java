package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.oci.RuntimeFailure;
import swarm.runtime.oci.Signals;

/// Stops, kills, freezes and restarts live containers.
final class Signalling {
  // After SIGKILL only the kernel can be slow.
  private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

  private final EngineContext context;
  private final Lifecycle lifecycle;
  private final HealthMonitor health;

  Signalling(EngineContext context, Lifecycle lifecycle, HealthMonitor health) {
    this.context = context;
    this.lifecycle = lifecycle;
    this.health = health;
  }

  /// Sends the stop signal, waits for the grace period, then kills; returns when the container has
  /// ended. Does nothing for one that does not run, but that its policy leaves it alone.
  ///
  /// @return whether it was running
  boolean stop(ManagedContainer managed, Optional<Duration> grace, Optional<String> signal)
      throws EngineException, InterruptedException {
    CompletableFuture<ExitStatus> ended;
    int number = signal.isPresent() ? parse(signal.get()) : stopSignal(managed);
    managed.lock.lockInterruptibly();
    try {
      markStopped(managed);
      if (!managed.view().state().isLive()) {
        return false;
      }
      ended = askToEnd(managed, number);
    } finally {
      managed.lock.unlock();
    }
    int configured = managed.view().config().stopTimeoutSeconds();
    Optional<Duration> limit =
        grace.isPresent() || configured < 0
            ? grace.filter(given -> !given.isNegative())
            : Optional.of(Duration.ofSeconds(configured));
    awaitEnd(managed, ended, limit);
    return true;
  }

  /// As [#stop], because the host goes down: nobody stopped it, so that its policy holds after the
  /// boot.
  ///
  /// @param longest the most that it is given, whatever its own time
  void endWithHost(ManagedContainer managed, Duration longest)
      throws EngineException, InterruptedException {
    CompletableFuture<ExitStatus> ended;
    managed.lock.lockInterruptibly();
    try {
      managed.cancelRestart();
      if (!managed.view().state().isLive()) {
        return;
      }
      managed.endsWithHost = true;
      ended = askToEnd(managed, stopSignal(managed));
    } finally {
      managed.lock.unlock();
    }
    Duration grace = HostShutdown.grace(managed.view().config().stopTimeoutSeconds(), longest);
    awaitEnd(managed, ended, Optional.of(grace));
  }

  private CompletableFuture<ExitStatus> askToEnd(ManagedContainer managed, int signal)
      throws EngineException, InterruptedException {
    CompletableFuture<ExitStatus> ended = managed.nextExit();
    send(managed, signal);
    thaw(managed);
    return ended;
  }

  private void awaitEnd(
      ManagedContainer managed, CompletableFuture<ExitStatus> ended, Optional<Duration> limit)
      throws EngineException, InterruptedException {
    if (!endsWithin(ended, limit)) {
      forceEnd(managed, ended);
    }
    // The end was announced before the cleaning up, which holds the lock.
    managed.lock.lockInterruptibly();
    managed.lock.unlock();
    context.publish(Action.STOP, managed.view());
  }

  /// @throws EngineException INVALID where the text names no signal
  static int parse(String text) throws EngineException {
    return Signals.number(text)
        .orElseThrow(() -> EngineException.invalid("invalid signal: " + text));
  }

  // A record that an earlier version wrote may name no signal; its container must still be stopped.
  private static int stopSignal(ManagedContainer managed) {
    return Signals.number(managed.view().config().stopSignal()).orElse(Signals.SIGTERM);
  }

  private void markStopped(ManagedContainer managed) {
    managed.cancelRestart();
    Container now = managed.view();
    Container next = now.withStoppedByUser(true);
    boolean waiting = now.state() == ContainerState.RESTARTING;
    if (waiting) {
      next = next.withState(ContainerState.EXITED);
    }
    if (!managed.isRemoved) {
      managed.keep(next);
    }
    if (waiting) {
      managed.announceExit(managed.lastStatus()); // who waits for its end has waited for this
    }
  }

  private static boolean endsWithin(CompletableFuture<ExitStatus> ended, Optional<Duration> limit)
      throws InterruptedException {
    try {
      if (limit.isEmpty()) {
        ended.get();
      } else {
        ended.get(limit.get().toMillis(), TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void forceEnd(ManagedContainer managed, CompletableFuture<ExitStatus> ended)
      throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      if (!ended.isDone()) {
        send(managed, Signals.SIGKILL);
        thaw(managed);
      }
    } finally {
      managed.lock.unlock();
    }
    if (!endsWithin(ended, Optional.of(KILL_LIMIT))) {
      throw new EngineException(
          EngineException.Kind.FAILED,
          "container " + managed.id() + " did not end within 30 s of SIGKILL");
    }
  }

  /// Sends one signal; after one that is meant to end it, its policy leaves the container alone.
  void kill(ManagedContainer managed, String signal) throws EngineException, InterruptedException {
    int number = parse(signal.isEmpty() ? "KILL" : signal);
    CompletableFuture<ExitStatus> ended;
    managed.lock.lockInterruptibly();
    try {
      boolean meantToEnd = number == Signals.SIGKILL || number == stopSignal(managed);
      if (managed.view().state() == ContainerState.RESTARTING) {
        if (meantToEnd) {
          markStopped(managed); // there is no process: what it waits for does not come
        }
        return;
      }
      requireLive(managed);
      ended = managed.nextExit();
      if (meantToEnd) {
        managed.keep(managed.view().withStoppedByUser(true));
      }
      send(managed, number);
      if (meantToEnd) {
        thaw(managed);
      }
    } finally {
      managed.lock.unlock();
    }
    if (number == Signals.SIGKILL && !endsWithin(ended, Optional.of(KILL_LIMIT))) {
      throw new EngineException(
          EngineException.Kind.FAILED,
          "container " + managed.id() + " did not end within 30 s of SIGKILL");
    }
  }

  private static void requireLive(ManagedContainer managed) throws EngineException {
    if (!managed.view().state().isLive()) {
      throw EngineException.conflict("container " + managed.id() + " is not running");
    }
  }

  private void send(ManagedContainer managed, int number) throws EngineException {
    ManagedContainer.Live live = managed.live;
    try {
      if (live != null && live.init().signal(number)) {
        context.publish(Action.KILL, managed.view(), Map.of("signal", Integer.toString(number)));
      }
    } catch (IOException e) {
      throw EngineException.failed("cannot signal container " + managed.id(), e);
    }
  }

  // A frozen process does not act on signals.
  private void thaw(ManagedContainer managed) throws EngineException, InterruptedException {
    if (managed.view().state() == ContainerState.PAUSED) {
      unpauseLocked(managed);
    }
  }

  void pause(ManagedContainer managed) throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      requireLive(managed);
      if (managed.view().state() == ContainerState.PAUSED) {
        throw EngineException.conflict("container " + managed.id() + " is already paused");
      }
      runtime(managed, () -> context.runtimeOf(managed.view()).pause(managed.id()));
      managed.keep(managed.view().withState(ContainerState.PAUSED));
      health.follow(managed);
      context.publish(Action.PAUSE, managed.view());
    } finally {
      managed.lock.unlock();
    }
  }

  void unpause(ManagedContainer managed) throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      if (managed.view().state() != ContainerState.PAUSED) {
        throw EngineException.conflict("container " + managed.id() + " is not paused");
      }
      unpauseLocked(managed);
    } finally {
      managed.lock.unlock();
    }
  }

  private void unpauseLocked(ManagedContainer managed)
      throws EngineException, InterruptedException {
    runtime(managed, () -> context.runtimeOf(managed.view()).resume(managed.id()));
    managed.keep(managed.view().withState(ContainerState.RUNNING));
    health.follow(managed);
    context.publish(Action.UNPAUSE, managed.view());
  }

  @FunctionalInterface
  private interface RuntimeCall {
    void run() throws IOException, InterruptedException, RuntimeFailure, EngineException;
  }

  private static void runtime(ManagedContainer managed, RuntimeCall call)
      throws EngineException, InterruptedException {
    try {
      call.run();
    } catch (IOException | RuntimeFailure e) {
      throw EngineException.failed(
          "the runtime failed on container " + managed.id() + ": " + e.getMessage(), e);
    }
  }

  /// Stops and starts again; a container that removes itself is kept.
  void restart(ManagedContainer managed, Optional<Duration> grace, Optional<String> signal)
      throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      managed.restarting = true;
    } finally {
      managed.lock.unlock();
    }
    try {
      stop(managed, grace, signal);
      lifecycle.start(managed, Map.of());
    } finally {
      managed.lock.lock();
      try {
        managed.restarting = false;
      } finally {
        managed.lock.unlock();
      }
    }
    context.publish(Action.RESTART, managed.view());
  }
}
