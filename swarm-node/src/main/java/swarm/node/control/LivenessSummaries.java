package swarm.node.control;

import io.grpc.StatusException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.dispatch.Dispatcher;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.state.CommandFormat;

/// Tells the leader again and again which nodes are in session with this manager and how long each
/// has been silent, and its dispatcher whether the leader heard it; on a thread of its own.
final class LivenessSummaries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LivenessSummaries.class);

  /// Well below the silence that makes a node suspect.
  private static final long EVERY_MILLIS = 150;

  private final ReplicatedLog log;
  private final String nodeId;
  private final String raftId;
  private final Dispatcher dispatcher;
  private final NodeMonitor monitor;
  private final ClusterClient client;
  private final Whereabouts whereabouts;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("liveness-summary").factory());

  /// Begins at once.
  ///
  /// @param nodeId this node
  /// @param raftId this manager
  LivenessSummaries(
      ReplicatedLog log,
      String nodeId,
      String raftId,
      Dispatcher dispatcher,
      NodeMonitor monitor,
      ClusterClient client,
      Whereabouts whereabouts) {
    this.log = log;
    this.nodeId = nodeId;
    this.raftId = raftId;
    this.dispatcher = dispatcher;
    this.monitor = monitor;
    this.client = client;
    this.whereabouts = whereabouts;
    var _ =
        timer.scheduleWithFixedDelay(
            this::tellLeader, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tellLeader() {
    try {
      dispatcher.leaderTold(leaderHears());
    } catch (RuntimeException e) {
      LOG.error("the summary for the leader failed once", e); // a timer must not throw
    }
  }

  private boolean leaderHears() {
    Leadership now = log.leadership();
    String impaired = log.impaired().orElse("");
    if (now.ready()) {
      monitor.told(nodeId, impaired);
      return true; // the monitor hears this manager's own sessions directly
    }
    Optional<Member> leader = now.leader().filter(l -> !l.id().equals(raftId));
    if (leader.isEmpty()) {
      return false;
    }
    try {
      client.heard(
          whereabouts.of(leader.get()),
          new Messages.Heard(dispatcher.silences(), impaired, CommandFormat.NEWEST));
      return true;
    } catch (StatusException e) {
      LOG.debug("the leader does not hear: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
