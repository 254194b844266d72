package swarm.node.membership;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.SealKeys;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.node.identity.RenewalSchedule;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;

/// Keeps a node's certificate good: renews it in the second half of its life, and as soon as it is
/// not what the managers say that it is to be (role, authority, roots). A new key each time, which
/// never leaves the node. Everything happens on one thread of its own. Thread-safe.
final class Renewer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Renewer.class);

  /// The clock of the machine may be set: how often it is looked at.
  private static final Duration LOOK = Duration.ofMinutes(1);

  /// When the authority changes all nodes are told at once; each that renews connects anew to those
  /// that it talks to.
  private static final Duration SPREAD = Duration.ofSeconds(3);

  /// Who signs requests.
  interface Source {
    /// @throws IOException with why nobody did
    Messages.JoinReply renew(NodeIdentity now, byte[] request)
        throws IOException, InterruptedException;
  }

  /// Keeps what was got, before anybody uses it.
  interface Keeper {
    /// @param sealKeys where the node is a manager by `next` and the manager that answered gave
    ///   them
    void keep(NodeIdentity next, @Nullable SealKeys sealKeys) throws IOException;
  }

  private final LiveIdentity live;
  private final Source source;
  private final Keeper keeper;
  private final Clock clock;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();

  // guarded by lock
  private SessionMessages.@Nullable Credentials wanted;
  private boolean now;

  Renewer(LiveIdentity live, Source source, Keeper keeper, Clock clock) {
    this.live = live;
    this.source = source;
    this.keeper = keeper;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("renewal").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// The managers said what this node's certificate is to be; does not wait.
  void wanted(SessionMessages.Credentials credentials) {
    lock.lock();
    try {
      wanted = credentials;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Renews whatever the certificate's age; does not wait.
  void renewNow() {
    lock.lock();
    try {
      now = true;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Instant got = Instant.EPOCH; // the thread's

  private void run() {
    int failures = 0;
    try {
      while (true) {
        try {
          awaitReason();
          trust();
          if (!reason()) {
            failures = 0;
            continue;
          }
          renew();
          got = clock.instant();
          failures = differs() ? failures + 1 : 0;
          if (failures > 0) { // who told us and who signed see different states: one will catch up
            Thread.sleep(RenewalSchedule.pause(failures, dice()));
          }
        } catch (IOException | CertificateException | RuntimeException e) {
          if (Thread.currentThread().isInterrupted()) {
            return; // closed in the middle of it
          }
          failures++;
          Duration pause = RenewalSchedule.pause(failures, dice());
          LOG.warn(
              "this node's certificate, good until {}, is not renewed yet: {}; trying again in {}",
              live.current().certificate().getNotAfter().toInstant(),
              e.getMessage() == null ? e.toString() : e.getMessage(),
              pause,
              e instanceof RuntimeException ? e : null); // those are defects
          Thread.sleep(pause);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private static double dice() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /// Waits until something may have to be done.
  private void awaitReason() throws InterruptedException, IOException, CertificateException {
    Instant due = RenewalSchedule.due(live.current().certificate(), dice(), got);
    lock.lock();
    try {
      while (!now && !differs() && clock.instant().isBefore(due)) {
        long left = Duration.between(clock.instant(), due).toMillis();
        var _ = wake.await(Math.min(left + 1, LOOK.toMillis()), TimeUnit.MILLISECONDS);
      }
      now |= !clock.instant().isBefore(due);
    } finally {
      lock.unlock();
    }
  }

  private SessionMessages.@Nullable Credentials wanted() {
    lock.lock();
    try {
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  private boolean differs() throws IOException, CertificateException {
    SessionMessages.Credentials told = wanted();
    return told != null
        && (!Pem.certificates(told.roots()).equals(live.current().roots())
            || !certificateFits(told));
  }

  private boolean certificateFits(SessionMessages.Credentials told)
      throws IOException, CertificateException {
    NodeIdentity current = live.current();
    X509Certificate issuer = Pem.certificates(told.issuer()).getFirst();
    X509Certificate own = current.issuer();
    return current.self().role().apiName().equals(told.role())
        && own.getPublicKey().equals(issuer.getPublicKey())
        && own.getSubjectX500Principal().equals(issuer.getSubjectX500Principal());
  }

  /// Trusts the roots that the managers name, as soon as this node's own certificate is of one of
  /// them: the others would have to refuse it else.
  private void trust() throws IOException, CertificateException {
    SessionMessages.Credentials told = wanted();
    if (told == null) {
      return;
    }
    List<X509Certificate> roots = Pem.certificates(told.roots());
    NodeIdentity next = live.current().withRoots(roots);
    if (!roots.equals(live.current().roots()) && issuedByOneOf(next)) {
      keeper.keep(next, null);
      LOG.info("this node trusts {} root(s) now", roots.size());
      live.replace(next);
    }
  }

  private static boolean issuedByOneOf(NodeIdentity next) {
    try {
      return next.roots().contains(next.issuer());
    } catch (CertificateException _) {
      return false;
    }
  }

  private boolean reason() throws IOException, CertificateException, InterruptedException {
    lock.lock();
    try {
      if (now) {
        return true;
      }
    } finally {
      lock.unlock();
    }
    SessionMessages.Credentials told = wanted();
    if (told == null || !differs()) {
      return false;
    }
    if (told.role().equals(live.self().role().apiName())) {
      Thread.sleep((long) (SPREAD.toMillis() * dice()));
    }
    return true;
  }

  private void renew() throws IOException, InterruptedException {
    NodeIdentity before = live.current();
    KeyPair pair = CertificateAuthority.newKeyPair();
    Messages.JoinReply reply = source.renew(before, CertificateAuthority.request(pair));
    List<X509Certificate> chain = Pem.certificates(reply.certificate());
    if (!chain.getFirst().getPublicKey().equals(pair.getPublic())) {
      throw new IOException("the manager sent a certificate for another key than was asked for");
    }
    NodeIdentity next = NodeIdentity.of(chain, pair.getPrivate(), Pem.certificates(reply.ca()));
    ClusterTls.check(next);
    keeper.keep(next, SealKeyFile.given(reply));
    lock.lock();
    try {
      now = false;
    } finally {
      lock.unlock();
    }
    LOG.info(
        "this node has another certificate: {}, good until {}",
        next.self(),
        next.certificate().getNotAfter().toInstant());
    live.replace(next);
  }

  /// Ends it, and waits until nothing is written any more.
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (thread.isAlive() && !thread.join(Duration.ofSeconds(15))) {
        LOG.warn("a renewal under way did not end");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
