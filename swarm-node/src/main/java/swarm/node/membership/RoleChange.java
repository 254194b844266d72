package swarm.node.membership;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Manager;
import swarm.node.identity.Role;
import swarm.raft.log.Start;

/// Makes of this node what its certificate says, when that changes while it runs: a worker becomes
/// a manager, or a manager a worker, and its containers run on.
final class RoleChange {
  private static final Logger LOG = LoggerFactory.getLogger(RoleChange.class);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LAST_PAUSE_MILLIS = 10_000;

  /// How long a manager that was taken out of the log waits for the reason: its agent asks every
  /// manager meanwhile, and one that hangs costs it 3 s.
  private static final long WORD_MILLIS = 5_000;

  private final LocalNode node;
  private final Membership.Parts parts;
  private final Startup startup;
  private final Object lock;

  /// @param lock held while this node changes
  RoleChange(LocalNode node, Startup startup, Object lock) {
    this.node = node;
    this.parts = node.parts();
    this.startup = startup;
    this.lock = lock;
  }

  /// This node's certificate says another role than it had, or its disk lacks what its role needs:
  /// does what that asks for, on a thread of its own, until it is done.
  void changed() {
    var _ = Thread.ofVirtual().name("role").start(() -> adapt(node.active()));
  }

  private void adapt(Membership.@Nullable Active whose) {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (!adapted(whose)) {
        if (whose != null && needsOthers(whose)) {
          var _ = whose.agent().awaitSession(Duration.ofMillis(LAST_PAUSE_MILLIS));
          pause = FIRST_PAUSE_MILLIS;
        } else {
          Thread.sleep(pause);
          pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return whether nothing is left to do
  private boolean adapted(Membership.@Nullable Active whose) throws InterruptedException {
    synchronized (lock) {
      return adaptedNow(whose);
    }
  }

  private boolean adaptedNow(Membership.@Nullable Active whose) throws InterruptedException {
    Membership.@Nullable Active now = node.active();
    if (now == null || whose == null || now.live() != whose.live()) {
      return true; // it left, or began anew
    }
    boolean wanted = now.live().self().role() == Role.MANAGER;
    try {
      if (wanted && now.manager().isEmpty()) {
        return becomeManager(now);
      }
      if (!wanted && (now.manager().isPresent() || !node.own().raftId().isEmpty())) {
        becomeWorker(now);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.error("this node is not a {} yet, and will try again", wanted ? "manager" : "worker", e);
      return false;
    }
  }

  /// What this manager has lost is on the others' disks only if enough of them are there: one that
  /// begins a session has a leader. Until then what is left here stays, for an operator may put
  /// back what is gone.
  private boolean needsOthers(Membership.Active now) throws InterruptedException {
    return node.lost() != null && !now.agent().awaitSession(Duration.ZERO);
  }

  /// Takes part in the log as a new member: what an earlier one of this node knew is on the others'
  /// disks as well.
  private boolean becomeManager(Membership.Active now) throws IOException, InterruptedException {
    if (needsOthers(now)) {
      return false;
    }
    if (!SealKeyFile.exists(parts.folder())) {
      now.renewer().renewNow(); // whoever signs gives the key, too
      return false;
    }
    MemberFile next = node.own().withLog(node.ids().next());
    node.keep(next);
    next.removeOtherLogs(parts.folder());
    Manager started = now.role().start(next, new Start.Join());
    node.notLost();
    started.observe(new GossipHints(now.agent()::opinions));
    startup.admit(now, started);
    LOG.info("this node is to be a manager: it joins the log as {}", next.raftId());
    return true;
  }

  private void becomeWorker(Membership.Active now) throws IOException {
    now.role().end();
    MemberFile next = node.own().withoutLog();
    node.keep(next);
    node.notLost();
    next.removeLogs(parts.folder());
    SealKeyFile.delete(parts.folder());
    var _ = node.keys().lockWith(null); // only managers are locked
    now.agent().sessionAgain(); // it may have been with this node's own manager
    LOG.info("this node is a worker now");
  }

  /// The others took this manager out of the log. Most likely it was demoted: then the managers
  /// tell so, in a session with one of them. Where they do not, it joins the log again.
  void removedFromLog() {
    Membership.@Nullable Active whose = node.active();
    synchronized (lock) {
      Membership.@Nullable Active now = node.active();
      if (whose == null || now == null || now.live() != whose.live()) {
        return;
      }
      LOG.info("this node's manager was taken out of the log");
      whose.role().end();
      whose.agent().sessionAgain();
    }
    try {
      Thread.sleep(WORD_MILLIS);
      adapt(whose);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
