package swarm.runtime.container;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops every container, as the host goes down. Who manages the machine's services waits for that
/// only so long (`TimeoutStopSec` of the unit), so that all of it is bounded.
final class HostShutdown {
  private static final Logger LOG = LoggerFactory.getLogger(HostShutdown.class);

  /// What a container is given at most before SIGKILL, whatever it asked for.
  static final Duration LONGEST_GRACE = Duration.ofSeconds(60);

  /// After SIGKILL: the kernel ends processes, what a start made is cleared away.
  private static final Duration CLEARING = Duration.ofSeconds(7);

  /// Logs that go to servers: what does not arrive in time is sent with the container's next start.
  private static final Duration SENDING = Duration.ofSeconds(3);

  /// All of it.
  static final Duration LIMIT = LONGEST_GRACE.plus(CLEARING).plus(SENDING);

  private final EngineContext context;
  private final Lifecycle lifecycle;
  private final Signalling signalling;
  private final LogShipping shipping;

  HostShutdown(
      EngineContext context, Lifecycle lifecycle, Signalling signalling, LogShipping shipping) {
    this.context = context;
    this.lifecycle = lifecycle;
    this.signalling = signalling;
    this.shipping = shipping;
  }

  /// How long a container is given to end by itself.
  ///
  /// @param stopTimeoutSeconds its own time; negative for ever
  static Duration grace(int stopTimeoutSeconds, Duration longest) {
    Duration own = Duration.ofSeconds(stopTimeoutSeconds);
    return own.isNegative() || own.compareTo(longest) > 0 ? longest : own;
  }

  void run() throws InterruptedException {
    lifecycle.hostGoesDown();
    long end = System.nanoTime() + LONGEST_GRACE.plus(CLEARING).toNanos();
    var stops = new ArrayList<Thread>();
    for (ManagedContainer managed : context.registry().all()) {
      stops.add(
          Thread.ofVirtual().name("end-" + managed.view().shortId()).start(() -> end(managed)));
    }
    for (Thread stop : stops) {
      var _ = stop.join(Duration.ofNanos(end - System.nanoTime()));
    }
    List<String> left =
        context.registry().all().stream()
            .map(ManagedContainer::view)
            .filter(container -> container.state().isLive())
            .map(Container::name)
            .toList();
    if (!left.isEmpty()) {
      LOG.warn("these containers did not end and are left to systemd: {}", left);
    }
    shipping.await(SENDING);
  }

  private void end(ManagedContainer managed) {
    try {
      signalling.endWithHost(managed, LONGEST_GRACE);
    } catch (EngineException e) {
      LOG.warn("container {} could not be stopped: {}", managed.id(), e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
