package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
  private @Nullable Future<?> timer; // guarded by the container's lock
  private @Nullable Thread probing; // likewise

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
    timer = monitor.timer().schedule(this::begin, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  // On the one thread of all timers: nothing here may wait.
  private void begin() {
    Thread.ofVirtual().name("health-" + managed.view().shortId()).start(this::probe);
  }

  private void probe() {
    try {
      if (!claim()) {
        return;
      }
      ProbeResult result = monitor.runner().run(managed, check);
      managed.lock.lockInterruptibly();
      try {
        if (equals(managed.probes)) {
          probing = null;
          record(result);
          schedule();
        }
      } finally {
        managed.lock.unlock();
      }
    } catch (InterruptedException _) {
      // stopped: with the container, or with the engine
      Thread.currentThread().interrupt();
    }
  }

  private boolean claim() throws InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      if (!equals(managed.probes)) {
        return false;
      }
      probing = Thread.currentThread();
      return true;
    } finally {
      managed.lock.unlock();
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
    context.publish(Action.HEALTH_STATUS, after, Map.of("healthStatus", word(next.status())));
  }

  private static String word(Health.Status status) {
    return status.name().toLowerCase(java.util.Locale.ROOT);
  }

  private Duration sinceStart(Instant at) {
    return Duration.between(startedAt, at);
  }

  /// No more probes, and the one that runs is given up. The container's lock is held.
  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (probing != null) {
      probing.interrupt();
    }
  }
}
