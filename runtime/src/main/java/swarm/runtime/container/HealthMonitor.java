package swarm.runtime.container;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Checks the health of all containers that want it: one thread keeps the time, each probe has a
/// virtual one.
final class HealthMonitor implements AutoCloseable {
  private final EngineContext context;
  private final ProbeRunner runner;
  private final ScheduledThreadPoolExecutor timer;

  HealthMonitor(EngineContext context, Execs execs) {
    this.context = context;
    this.runner = new ProbeRunner(context, execs);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("health-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    // a probe may end while the engine closes, and ask for the next one
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /// Runs something that does not wait, after a pause; never where the engine has closed.
  Future<?> after(Duration pause, Runnable work) {
    return timer.schedule(work, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  ProbeRunner runner() {
    return runner;
  }

  /// Checks a container from now on where it runs, and not where it does not. The container's lock
  /// is held.
  void follow(ManagedContainer managed) {
    managed.stopProbes();
    Container now = managed.view();
    if (now.state() == ContainerState.RUNNING && now.config().health().probes()) {
      var probes = new HealthProbes(this, context, managed);
      managed.probes = probes;
      probes.schedule();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
