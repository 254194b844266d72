package swarm.node.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.StateCodec;

/// Watches over the nodes while this manager leads: gathers when each was last heard, by itself or
/// by other managers, asks silent hosts, and proposes what [Liveness] decides. Thread-safe.
public final class NodeMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeMonitor.class);
  private static final long PERIOD_MILLIS = 100;

  /// A host on the same network that does not answer a connection within this time counts as silent
  /// once.
  private static final int PROBE_MILLIS = 300;

  private static final class Sight {
    volatile long heardNanos = System.nanoTime();
    volatile Liveness.Probe probe = Liveness.Probe.NONE;
    volatile int silentProbes;
    volatile boolean probing;
    volatile boolean judged;
    volatile boolean heard;

    void heard(long nanos) {
      heard = true;
      if (nanos - heardNanos > 0) {
        heardNanos = nanos;
        probe = Liveness.Probe.NONE;
        silentProbes = 0;
      }
    }
  }

  private final ReplicatedLog log;
  private final Store store;
  private final Clock clock;
  private final int clusterPort;
  private final Map<String, Sight> sights = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-monitor").daemon().factory());
  private final ExecutorService probes = Executors.newVirtualThreadPerTaskExecutor();
  private volatile long term = -1;

  public NodeMonitor(ReplicatedLog log, Store store, Clock clock, int clusterPort) {
    this.log = log;
    this.store = store;
    this.clock = clock;
    this.clusterPort = clusterPort;
    var _ =
        timer.scheduleWithFixedDelay(
            this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// This manager leads: nothing that was heard before counts, and every node has the whole
  /// patience from now.
  public void lead(long newTerm) {
    sights.clear();
    term = newTerm;
  }

  /// This manager leads no more.
  public void follow() {
    term = -1;
  }

  /// A node's agent was heard `agoMillis` ago by some manager; -1: its session has just ended.
  public void heard(String nodeId, long agoMillis) {
    if (term < 0) {
      return;
    }
    Sight sight = sights.computeIfAbsent(nodeId, _ -> new Sight());
    if (agoMillis >= 0) {
      sight.heard(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(agoMillis));
    } else {
      sight.heard = false;
      // no need to wait for heartbeats that will not come: ask the host now
      sight.heardNanos = System.nanoTime() - Liveness.SUSPECT_AFTER.toNanos() - 1;
    }
  }

  private void look() {
    long inTerm = term;
    if (inTerm < 0) {
      return;
    }
    try {
      ClusterState state = store.state();
      sights.keySet().retainAll(state.nodes().keySet());
      for (Node node : state.nodes().values()) {
        if (!state.revoked().containsKey(node.id())) { // who left is down, whatever is still heard
          look(state, node, inTerm);
        }
      }
    } catch (RuntimeException e) {
      LOG.error(
          "the watch over the nodes failed once", e); // a timer that throws would never run again
    }
  }

  private void look(ClusterState state, Node node, long inTerm) {
    Sight sight = sights.computeIfAbsent(node.id(), _ -> new Sight());
    var evidence =
        new Liveness.Evidence(
            sight.heard,
            Duration.ofNanos(System.nanoTime() - sight.heardNanos),
            sight.probe,
            sight.silentProbes);
    boolean ask = Liveness.suspect(evidence) && node.status().state() != Node.State.DOWN;
    if (ask && !sight.probing) {
      sight.probing = true;
      probes.execute(() -> probe(node, sight));
    }
    int lease = state.cluster() == null ? 30 : state.cluster().leaseSeconds();
    Liveness.judge(node, evidence, clock.instant(), Duration.ofSeconds(lease))
        .ifPresent(verdict -> propose(node, verdict, sight, inTerm));
  }

  private void probe(Node node, Sight sight) {
    long asked = System.nanoTime();
    Liveness.Probe result;
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(node.status().address(), clusterPort), PROBE_MILLIS);
      result = Liveness.Probe.ANSWERED;
    } catch (ConnectException e) {
      String text = String.valueOf(e.getMessage());
      result = text.contains("refused") ? Liveness.Probe.REFUSED : Liveness.Probe.SILENT;
    } catch (IOException _) {
      result = Liveness.Probe.SILENT; // timed out, or no route
    }
    if (sight.heardNanos - asked < 0) {
      sight.probe = result;
      sight.silentProbes = result == Liveness.Probe.SILENT ? sight.silentProbes + 1 : 0;
    }
    sight.probing = false;
  }

  private void propose(Node node, Liveness.Verdict verdict, Sight sight, long inTerm) {
    if (sight.judged) {
      return; // the last verdict is still on its way
    }
    sight.judged = true;
    LOG.info("node {} is {}: {}", node.id(), verdict.state(), verdict.why());
    var command =
        new Command.SetNodeStatus(
            node.id(), node.status().state(), verdict.state(), verdict.why(), clock.instant());
    probes.execute(
        () -> {
          try {
            var _ = log.proposeInTerm(StateCodec.encode(command), inTerm).get(10, TimeUnit.SECONDS);
          } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the verdict on node {} may not have been kept: {}", node.id(), e.toString());
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            sight.judged = false;
          }
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
    probes.shutdownNow();
  }
}
