package swarm.node.control;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.rpc.HostProbe;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.GossipKey;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.StateCodec;

/// Watches over the nodes while this manager leads: gathers when each was last heard, by itself or
/// by other managers, asks silent hosts, and proposes what [Liveness] decides. Thread-safe.
public final class NodeMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeMonitor.class);
  private static final Duration PERIOD = Duration.ofMillis(50);

  /// Looks, and not time, so that a pause of this process counts for nothing: 10 s of them.
  private static final long TOUCH_LOOKS = Duration.ofSeconds(10).dividedBy(PERIOD);

  private static final long KEYS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int KEY_BYTES = 32;

  private final ReplicatedLog log;
  private final Store store;
  private final Clock clock;
  private final int clusterPort;
  private final Map<String, Sight> sights = new ConcurrentHashMap<>();
  private final Map<String, Word> words = new ConcurrentHashMap<>(); // managers' last
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-monitor").daemon().factory());
  private final ExecutorService probes = Executors.newVirtualThreadPerTaskExecutor();
  private final SecureRandom random = new SecureRandom();
  private volatile Hints hints = Hints.none();
  private volatile long term = -1;
  private final AtomicLong looks = new AtomicLong();

  /// What a manager said last.
  ///
  /// @param impaired why it takes no writes, empty where it does; null where it said nothing yet
  private record Word(@Nullable String impaired, long atLook) {}

  // the timer's
  private long lookedNanos = System.nanoTime();
  private long keysNanos = System.nanoTime();
  private Set<String> revokedBefore = Set.of();
  private boolean renewKeys;
  private long revokedInTerm = -1;

  public NodeMonitor(ReplicatedLog log, Store store, Clock clock, int clusterPort) {
    this.log = log;
    this.store = store;
    this.clock = clock;
    this.clusterPort = clusterPort;
    var _ =
        timer.scheduleWithFixedDelay(
            this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Listens to this node's gossip from now on.
  public void observe(Hints newHints) {
    hints = newHints;
  }

  /// This manager leads: nothing that was heard before counts, and every node has the whole
  /// patience from now.
  public void lead(long newTerm) {
    long now = System.nanoTime();
    sights.values().forEach(sight -> sight.begin(now));
    words.clear();
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
    Sight sight = sightOf(nodeId);
    if (agoMillis >= 0) {
      sight.heard(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(agoMillis));
    } else {
      sight.ended(System.nanoTime());
    }
  }

  /// A manager is in touch, and says why it takes no writes; empty: it does.
  public void told(String nodeId, String impaired) {
    if (term >= 0 && store.state().nodes().containsKey(nodeId)) {
      words.put(nodeId, new Word(impaired, looks.get()));
    }
  }

  private Sight sightOf(String nodeId) {
    return sights.computeIfAbsent(nodeId, _ -> new Sight(System.nanoTime()));
  }

  private void look() {
    long inTerm = term;
    looks.incrementAndGet();
    try {
      forgivePause();
      ClusterState state = store.state();
      sights.keySet().retainAll(state.nodes().keySet());
      words.keySet().retainAll(state.nodes().keySet());
      if (inTerm >= 0) {
        keepKeys(state, inTerm);
      }
      for (Node node : state.nodes().values()) {
        if (state.revoked().containsKey(node.id())) {
          continue; // who left is down, whatever is still heard
        }
        sightOf(node.id()).state(node.status().state(), System.nanoTime());
        if (inTerm >= 0) {
          look(state, node, inTerm);
        } else {
          foresee(node);
        }
      }
    } catch (RuntimeException e) {
      LOG.error(
          "the watch over the nodes failed once", e); // a timer that throws would never run again
    }
  }

  private void foresee(Node node) {
    if (Lookout.foresees(hints.of(node.id(), Hints.NOT_HEARD), node.status().state())) {
      ask(node, sightOf(node.id()));
    }
  }

  private void ask(Node node, Sight sight) {
    if (sight.beginProbe()) {
      probes.execute(() -> probe(node, sight));
    }
  }

  private void forgivePause() {
    long now = System.nanoTime();
    Duration since = Duration.ofNanos(now - lookedNanos);
    lookedNanos = now;
    Lookout.missed(since, PERIOD)
        .ifPresent(late -> sights.values().forEach(sight -> sight.excuse(late.toNanos(), now)));
  }

  private void look(ClusterState state, Node node, long inTerm) {
    Sight sight = sightOf(node.id());
    Liveness.Evidence evidence =
        sight.evidence(System.nanoTime(), silent -> hints.of(node.id(), silent));
    if (Lookout.asks(evidence, node.status().state())) {
      ask(node, sight);
    }
    Cluster cluster = state.cluster();
    if (cluster == null) {
      return;
    }
    Liveness.judge(node, evidence, cluster.lease())
        .or(() -> trouble(node))
        .ifPresent(verdict -> propose(node, verdict, sight, inTerm));
  }

  /// Not while this manager's own disk is full: it could not write that down.
  private Optional<Liveness.Verdict> trouble(Node node) {
    return log.impaired().isPresent() ? Optional.empty() : Trouble.judge(node, word(node));
  }

  /// What a manager said last, or its silence; null where it has not had the time to say anything.
  private @Nullable String word(Node node) {
    if (node.manager() == null) {
      words.remove(node.id());
      return "";
    }
    // who has said nothing in this term has the whole patience from its first look
    Word last = words.computeIfAbsent(node.id(), _ -> new Word(null, looks.get()));
    return looks.get() - last.atLook() > TOUCH_LOOKS ? Node.Status.OUT_OF_TOUCH : last.impaired();
  }

  private void probe(Node node, Sight sight) {
    long asked = System.nanoTime();
    Liveness.Probe result;
    try {
      result =
          switch (HostProbe.ask(node.status().address(), clusterPort)) {
            case ANSWERED -> Liveness.Probe.ANSWERED;
            case REFUSED -> Liveness.Probe.REFUSED;
            case SILENT -> Liveness.Probe.SILENT;
          };
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
      return;
    }
    sight.probed(result, asked, System.nanoTime());
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

  /// Gossip's keys grow old, and whoever has left must not know those that are used.
  private void keepKeys(ClusterState state, long inTerm) {
    Cluster cluster = state.cluster();
    long now = System.nanoTime();
    if (cluster == null || now - keysNanos < KEYS_EVERY_NANOS) {
      return;
    }
    keysNanos = now;
    Set<String> revoked = new TreeSet<>(state.revoked().keySet());
    renewKeys |= Lookout.keysKnownOutside(revokedInTerm == inTerm, revokedBefore, revoked);
    revokedBefore = revoked;
    revokedInTerm = inTerm;
    List<GossipKey> keys = cluster.gossipKeysOrNone();
    Optional<List<GossipKey>> next =
        GossipKeyring.next(keys, renewKeys, clock.instant(), this::freshKey);
    if (next.isPresent()) {
      renewKeys &= next.get().size() <= keys.size();
      var command =
          new Command.SetGossipKeys(
              keys.isEmpty() ? 0 : keys.getLast().id(), next.get(), clock.instant());
      var _ =
          log.proposeInTerm(StateCodec.encode(command), inTerm)
              .whenComplete(
                  (_, error) -> {
                    if (error != null) {
                      LOG.warn("gossip's keys stay as they are: {}", error.toString());
                    }
                  });
    }
  }

  private String freshKey() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    probes.shutdownNow();
  }
}
