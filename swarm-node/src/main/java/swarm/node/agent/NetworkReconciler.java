package swarm.node.agent;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.Mended;
import swarm.network.reconcile.KernelWatch;
import swarm.network.reconcile.News;
import swarm.runtime.container.ContainerConfig;

/// Keeps what this host has in the kernel as it should be, whoever flushes rules, removes
/// interfaces or restarts a firewall: at the start, whenever the kernel tells of a change that was
/// not ours, and from time to time thoroughly, as it does not tell of all.
///
/// One look follows another after a quarter of a second at the soonest, and after a second where
/// the last one mended something, however much somebody changes. What is mended changes the kernel,
/// too; the look after that finds nothing, and is the last.
public final class NetworkReconciler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkReconciler.class);

  /// From a change to the look at it: who restarts a firewall changes many things at once.
  private static final Duration SETTLING = Duration.ofMillis(50);

  /// From a look that found nothing to the next.
  private static final Duration REST = Duration.ofMillis(250);

  /// The same where something was mended: somebody may be at it again and again.
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private static final Duration LAST_PAUSE = Duration.ofSeconds(10);
  private static final Duration THOROUGHLY = Duration.ofSeconds(30);

  private static final Duration LATELY = Duration.ofMinutes(1);
  private static final int OFTEN = 5;

  private final HostNetwork host;
  private final NodeNetwork containers;
  private final Function<String, Optional<ContainerConfig>> configs;
  private final Consumer<Mended> told;
  private final Clock clock;
  private final KernelWatch watch;
  private final Thread thread;
  private volatile boolean closed;
  private String trouble = "";
  private long mended;

  private NetworkReconciler(
      HostNetwork host,
      NodeNetwork containers,
      Function<String, Optional<ContainerConfig>> configs,
      Consumer<Mended> told,
      Clock clock)
      throws IOException {
    this.host = host;
    this.containers = containers;
    this.configs = configs;
    this.told = told;
    this.clock = clock;
    watch = host.watch();
    thread = Thread.ofPlatform().name("network-reconciler").daemon().unstarted(this::run);
  }

  /// Begins with a thorough look, and goes on until it is closed.
  ///
  /// @param configs of a container by its id; empty where it does not run
  /// @param told of each thing that was mended
  public static NetworkReconciler open(
      HostNetwork host,
      NodeNetwork containers,
      Function<String, Optional<ContainerConfig>> configs,
      Consumer<Mended> told,
      Clock clock)
      throws IOException {
    var reconciler = new NetworkReconciler(host, containers, configs, told, clock);
    reconciler.thread.start();
    return reconciler;
  }

  private void run() {
    News reasons = News.ALL;
    Duration pause = REST;
    try {
      while (!closed) {
        long before = mended;
        News left = look(reasons);
        boolean done = left.isNone();
        if (done) {
          pause = mended == before ? REST : BETWEEN;
        } else {
          pause = min(pause.multipliedBy(2), LAST_PAUSE);
        }
        Thread.sleep(pause);
        News next = done ? watch.await(THOROUGHLY) : watch.hear();
        if (closed) {
          return;
        }
        if (done && !next.isNone()) {
          Thread.sleep(SETTLING);
        }
        reasons = next.isNone() && done ? News.ALL : left.and(next).and(watch.hear());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    } catch (IOException e) {
      LOG.error("what others change of this host's networks is not noticed any more", e);
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// @return the reasons to look once more: what failed, or could not be looked at now
  private News look(News reasons) {
    News left = News.NONE;
    var failures = new ArrayDeque<String>();
    try {
      host.mend(reasons.touched(), reasons.lost(), this::tell);
    } catch (IOException e) {
      failures.add(String.valueOf(e.getMessage()));
      left = new News(true, reasons.touched(), false, reasons.lost());
    }
    News again = new News(true, Set.of(), reasons.containers(), false);
    try {
      if (!containers.mend(configs, reasons.containers(), this::tell)) {
        left = left.and(again);
      }
    } catch (IOException e) {
      failures.add(String.valueOf(e.getMessage()));
      left = left.and(again);
    }
    String now = String.join("; ", failures);
    if (!now.isEmpty() && !now.equals(trouble)) {
      LOG.warn("this host's networks are not as they should be, trying again: {}", now);
    }
    trouble = now;
    return left;
  }

  /// Somebody who breaks the same thing again and again is not told of each time.
  private void tell(Mended mended) {
    Instant now = clock.instant();
    this.mended++;
    long lately = containers.repairs().add(mended, now, LATELY);
    if (lately > OFTEN) {
      LOG.debug("mended once more: {}", mended);
      return;
    }
    String more = lately == OFTEN ? " (time and again: no more is said of it for a while)" : "";
    LOG.warn("mended: {}{}", mended, more);
    told.accept(mended);
  }

  /// Stops looking; all stays as it is.
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      watch.wake();
      thread.join();
    } catch (IOException e) {
      LOG.debug("the reconciler ends with its next look", e);
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    watch.close();
  }
}
