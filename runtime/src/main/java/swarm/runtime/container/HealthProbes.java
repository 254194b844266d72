package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.health.Health;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.health.ProbeResult;

/// Checks the health of one container while it runs: a probe, a pause, the next probe. What a probe
/// finds that is stopped meanwhile is nobody's.
final class HealthProbes {
  private static final Logger LOG = LoggerFactory.getLogger(HealthProbes.class);

  private final HealthMonitor monitor;
  private final EngineContext context;
  private final ManagedContainer managed;
  private final HealthCheck check;
  private final Instant startedAt;
  // Completed with the container's lock held: whoever holds it and finds it open may record.
  private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
  private @Nullable Future<?> timer; // guarded by the container's lock

  HealthProbes(HealthMonitor monitor, EngineContext context, ManagedContainer managed) {
    this.monitor = monitor;
    this.context = context;
    this.managed = managed;
    this.check = managed.view().config().health();
    this.startedAt = Objects.requireNonNull(managed.view().startedAt());
  }

  /// Has the next probe run when it is due. The container's lock is held.
  void schedule() {
    Health.Status status = managed.view().health().status();
    Duration pause = check.pause(status, sinceStart(context.clock().instant()));
    timer = monitor.after(pause, this::begin);
  }

  // On the one thread of all timers: nothing here may wait.
  private void begin() {
    Thread.ofVirtual().name("health-" + managed.view().shortId()).start(this::probe);
  }

  private void probe() {
    try {
      Optional<ProbeResult> result = monitor.runner().run(managed, check, stopped);
      managed.lock.lockInterruptibly();
      try {
        if (result.isPresent() && !stopped.isDone()) {
          record(result.get());
          schedule();
        }
      } finally {
        managed.lock.unlock();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // nobody does, and there is nothing to be left undone
    }
  }

  private void record(ProbeResult result) {
    Container before = managed.view();
    Health next = before.health().after(result, check, sinceStart(result.start()));
    Container after = before.withHealth(next);
    if (next.status() == before.health().status()) {
      managed.updateInMemory(after);
      return;
    }
    try {
      managed.update(after);
    } catch (IOException e) {
      LOG.error("the health of container {} cannot be written down", managed.id(), e);
      managed.updateInMemory(after);
    }
    String word = next.status().name().toLowerCase(Locale.ROOT);
    context.publish(Action.HEALTH_STATUS, after, Map.of("healthStatus", word));
  }

  private Duration sinceStart(Instant at) {
    return Duration.between(startedAt, at);
  }

  /// No more probes, and the one that runs is given up. The container's lock is held.
  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
    boolean _ = stopped.complete(null);
  }
}
