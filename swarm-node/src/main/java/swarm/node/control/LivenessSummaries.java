package swarm.node.control;

import io.grpc.StatusException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.dispatch.Dispatcher;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.state.CommandFormat;

/// Tells the leader again and again which nodes are in session with this manager, how long each has
/// been silent and how far its load balancers are, and its dispatcher whether the leader heard it;
/// on a thread of its own.
final class LivenessSummaries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LivenessSummaries.class);

  /// Well below the silence that makes a node suspect.
  private static final long EVERY_NANOS = 150_000_000;

  /// While a task waits to be told to stop, which takes two of these at most.
  private static final long SOON_NANOS = 25_000_000;

  private final ReplicatedLog log;
  private final Store store;
  private final String nodeId;
  private final String raftId;
  private final Dispatcher dispatcher;
  private final NodeMonitor monitor;
  private final BalancerProgress balancers;
  private final ClusterClient client;
  private final Whereabouts whereabouts;
  private final Thread thread = Thread.ofVirtual().name("liveness-summary").unstarted(this::run);
  private volatile boolean closed;

  /// Begins at once.
  ///
  /// @param nodeId this node
  /// @param raftId this manager
  LivenessSummaries(
      ReplicatedLog log,
      Store store,
      String nodeId,
      String raftId,
      Dispatcher dispatcher,
      NodeMonitor monitor,
      BalancerProgress balancers,
      ClusterClient client,
      Whereabouts whereabouts) {
    this.log = log;
    this.store = store;
    this.nodeId = nodeId;
    this.raftId = raftId;
    this.dispatcher = dispatcher;
    this.monitor = monitor;
    this.balancers = balancers;
    this.client = client;
    this.whereabouts = whereabouts;
    dispatcher.onStops(() -> LockSupport.unpark(thread));
    thread.start();
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(dispatcher.stopsUnderWay() ? SOON_NANOS : EVERY_NANOS);
      try {
        dispatcher.leaderTold(leaderHears());
      } catch (RuntimeException e) {
        LOG.error("the summary for the leader failed once", e); // others must follow
      }
    }
  }

  private boolean leaderHears() {
    Leadership now = log.leadership();
    String impaired = log.impaired().orElse("");
    if (now.ready()) {
      monitor.told(nodeId, impaired);
      balancers.told(nodeId, dispatcher.balancing());
      dispatcher.balancedThrough(balancers.through(store.state()));
      return true; // the monitor hears this manager's own sessions directly
    }
    Optional<Member> leader = now.leader().filter(l -> !l.id().equals(raftId));
    if (leader.isEmpty()) {
      return false;
    }
    try {
      Messages.HeardReply reply =
          client.heard(
              whereabouts.of(leader.get()),
              new Messages.Heard(
                  dispatcher.silences(), impaired, CommandFormat.NEWEST, dispatcher.balancing()));
      dispatcher.balancedThrough(Objects.requireNonNullElse(reply.balancedThrough(), 0L));
      return true;
    } catch (StatusException e) {
      LOG.debug("the leader does not hear: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    thread.interrupt(); // a call may be under way
  }
}
