package swarm.node.control;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.Pem;
import swarm.raft.log.ProposeResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.StateCodec;

/// Ends a change of the root while this manager leads: once every node has a certificate of the new
/// one, the old one goes. Nodes learn what they need through their sessions, and say in them what
/// they have; so a new leader goes on from what the state says. Thread-safe.
final class RootRotation implements Store.Watcher, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RootRotation.class);
  private static final Duration PROPOSAL_LIMIT = Duration.ofSeconds(10);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private final ReplicatedLog log;
  private final Store store;
  private final Clock clock;
  private final Thread thread = Thread.ofVirtual().name("root-rotation").unstarted(this::run);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();

  // guarded by lock
  private long term = -1;
  private boolean look;

  RootRotation(ReplicatedLog log, Store store, Clock clock) {
    this.log = log;
    this.store = store;
    this.clock = clock;
    store.watch(this);
    thread.start();
  }

  /// This manager leads from now on, in `newTerm`.
  void lead(long newTerm) {
    lock.lock();
    try {
      term = newTerm;
      look = true;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// This manager leads no more.
  void follow() {
    lock.lock();
    try {
      term = -1;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    if (state.cluster() == null || state.cluster().rotation() == null) {
      return;
    }
    if (changes.isEmpty()
        || changes.stream()
            .anyMatch(c -> c instanceof Change.OfNode || c instanceof Change.OfCluster)) {
      lock.lock();
      try {
        look = true;
        wake.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Whether every node has a certificate of the new root. One that is down counts: it would be
  /// locked out. One that left or was removed does not.
  static boolean converged(ClusterState state, Cluster.Rotation rotation) {
    X509Certificate root;
    try {
      root = Pem.certificates(rotation.certificate()).getFirst();
    } catch (IOException e) {
      throw new IllegalStateException("the cluster's next root certificate", e);
    }
    var base64 = Base64.getEncoder();
    String subject = base64.encodeToString(root.getSubjectX500Principal().getEncoded());
    String key = base64.encodeToString(root.getPublicKey().getEncoded());
    for (Node node : state.nodes().values()) {
      Node.Tls tls = node.description().tls();
      boolean has =
          tls != null && tls.issuerSubject().equals(subject) && tls.issuerPublicKey().equals(key);
      if (!has && !state.revoked().containsKey(node.id())) {
        return false;
      }
    }
    return true;
  }

  private void run() {
    try {
      while (true) {
        long inTerm = next();
        ClusterState state = store.state();
        Cluster.Rotation rotation = state.cluster() == null ? null : state.cluster().rotation();
        if (rotation != null && converged(state, rotation) && !finish(rotation, inTerm)) {
          Thread.sleep(PAUSE_AFTER_FAILURE);
          again(inTerm);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private long next() throws InterruptedException {
    lock.lock();
    try {
      while (term < 0 || !look) {
        wake.await();
      }
      look = false;
      return term;
    } finally {
      lock.unlock();
    }
  }

  private void again(long inTerm) {
    lock.lock();
    try {
      look |= term == inTerm;
    } finally {
      lock.unlock();
    }
  }

  private boolean finish(Cluster.Rotation rotation, long inTerm) throws InterruptedException {
    LOG.info("every node has a certificate of the new root: the old one goes");
    try {
      ProposeResult result =
          log.proposeInTerm(
                  StateCodec.encode(
                      new Command.FinishRotation(rotation.certificate(), clock.instant())),
                  inTerm)
              .get(PROPOSAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return result instanceof ProposeResult.Committed; // refused: another change has begun
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the end of the root's rotation may not have been kept: {}", e.toString());
      return false;
    }
  }

  @Override
  public void close() {
    store.unwatch(this);
    thread.interrupt();
  }
}
