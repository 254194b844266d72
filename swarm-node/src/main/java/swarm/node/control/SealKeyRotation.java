package swarm.node.control;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.Peer;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Member;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Cluster;

/// Changes the key of the log while this manager leads, so that nobody ever meets a key that it
/// does not hold: a new key is on the disks of all managers before anything is sealed with it, and
/// whoever becomes a manager gets all keys before it is sent anything of the log. Thread-safe.
///
/// Nothing of this is in the log, where a new key would lie sealed with the one that it replaces.
/// What each manager holds is on its own disk, and only grows; so a leader that is lost midway is
/// followed by one that goes on from what it holds itself. `DESIGN.md` says why that is enough.
final class SealKeyRotation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SealKeyRotation.class);

  /// How often a leader looks whether there is something to do.
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

  private final ReplicatedLog log;
  private final String raftId;
  private final SealKeyring keyring;
  private final Store store;
  private final ClusterClient client;
  private final Whereabouts whereabouts;
  private final Clock clock;
  private final Thread thread = Thread.ofVirtual().name("seal-keys").unstarted(this::run);

  /// Read: somebody is being made a manager; write: it is found out whether all hold a key.
  private final ReentrantReadWriteLock admissions = new ReentrantReadWriteLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private long term = -1; // guarded by lock

  // touched by the thread only
  private long knownTerm = -1;
  private SealKeys told;
  private final Set<String> knowing = new TreeSet<>();
  private String complaint = "";

  SealKeyRotation(
      ReplicatedLog log,
      String raftId,
      SealKeyring keyring,
      Store store,
      ClusterClient client,
      Whereabouts whereabouts,
      Clock clock) {
    this.log = log;
    this.raftId = raftId;
    this.keyring = keyring;
    this.store = store;
    this.client = client;
    this.whereabouts = whereabouts;
    this.clock = clock;
    this.told = keyring.current();
    thread.start();
  }

  /// This manager leads from now on, in `newTerm`.
  void lead(long newTerm) {
    lead(newTerm, true);
  }

  /// This manager leads no more.
  void follow() {
    lead(-1, false);
  }

  private void lead(long newTerm, boolean leads) {
    lock.lock();
    try {
      term = leads ? newTerm : -1;
      wake.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long awaitTerm() throws InterruptedException {
    lock.lock();
    try {
      while (term < 0) {
        wake.await();
      }
      return term;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration pause = PERIOD;
    try {
      while (true) {
        long inTerm = awaitTerm();
        pause = look(inTerm) ? PERIOD : longer(pause);
        Thread.sleep(pause);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LAST_PAUSE) < 0 ? twice : LAST_PAUSE;
  }

  /// @return whether nothing stood in the way
  private boolean look(long inTerm) {
    SealKeys keys = keyring.current();
    if (inTerm != knownTerm || !keys.equals(told)) {
      knownTerm = inTerm;
      told = keys;
      knowing.clear();
    }
    Cluster cluster = store.state().cluster();
    if (cluster == null) {
      return true; // this log is about to begin
    }
    try {
      var step =
          SealKeyPlan.next(keys, cluster.tokens().unlockKey(), clock.instant(), log.appliedIndex());
      switch (step) {
        case SealKeyPlan.Step.Stay _ -> {
          return toldAll(keys, inTerm);
        }
        case SealKeyPlan.Step.Make make -> make(keys, inTerm, make.why());
        case SealKeyPlan.Step.Change _ -> change(keys, inTerm);
        case SealKeyPlan.Step.Exhausted none -> throw new WaitException(exhausted(none));
      }
      complaint = "";
      return true;
    } catch (WaitException e) {
      complain(e.getMessage());
    } catch (IOException e) {
      complain("its keys cannot be kept on this manager's disk: " + e.getMessage());
    } catch (RuntimeException e) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.error("the log's key does not change", e); // a defect
      }
    }
    return false;
  }

  /// Who cannot be told now does no harm: the key that seals is on its disk since it was first
  /// used.
  private boolean toldAll(SealKeys keys, long inTerm) {
    try {
      var _ = tellAll(keys, inTerm);
      complaint = "";
      return true;
    } catch (WaitException e) {
      LOG.debug("not all managers know yet which key seals: {}", e.getMessage());
      return false;
    }
  }

  private static String exhausted(SealKeyPlan.Step.Exhausted none) {
    return "it should, as "
        + none.why()
        + ", but all "
        + (SealKey.LAST_ID + 1)
        + " keys that a log can have were made; 'swarm backup' and 'swarm restore' begin anew";
  }

  private void complain(String why) {
    if (!why.equals(complaint) && !Thread.currentThread().isInterrupted()) {
      complaint = why;
      LOG.warn("the log's key does not change: {}", why);
    }
  }

  /// Why nothing can be done now.
  private static final class WaitException extends Exception {
    private static final long serialVersionUID = 1;

    WaitException(String why) {
      super(why);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /// Another key, under an id that no manager knows, once all of them can be told of it.
  private void make(SealKeys keys, long inTerm, String why) throws WaitException, IOException {
    int newest = Math.max(keys.newest().id(), tellAll(keys, inTerm));
    if (newest >= SealKey.LAST_ID) {
      throw new WaitException(exhausted(new SealKeyPlan.Step.Exhausted(why)));
    }
    Cluster cluster = store.state().cluster();
    if (cluster == null) {
      return;
    }
    LOG.info("the log gets key {}: of key {}, {}", newest + 1, keys.newest().id(), why);
    keyring.add(
        new SealKey(
            newest + 1,
            SealKeys.random(),
            clock.instant(),
            log.appliedIndex(),
            SealKey.lockOf(cluster.tokens().unlockKey())));
  }

  /// Seals with the newest key, where all managers hold it. Nobody becomes a manager meanwhile
  /// without it.
  private void change(SealKeys keys, long inTerm) throws WaitException, IOException {
    if (!admissions.writeLock().tryLock()) {
      return; // soon
    }
    try {
      var _ = tellAll(keys, inTerm);
      if (!keyring.sealWith(keys.newest())) {
        throw new WaitException("a later leader made another one");
      }
    } finally {
      admissions.writeLock().unlock();
    }
  }

  /// Tells all managers the keys that they do not know yet.
  ///
  /// @return the highest id that any of those who were asked knows
  /// @throws WaitException where one of them could not be told
  private int tellAll(SealKeys keys, long inTerm) throws WaitException {
    var others = new TreeSet<String>();
    int newest = keys.newest().id();
    Optional<String> missing = Optional.empty();
    for (Member member : List.copyOf(log.members())) {
      if (member.id().equals(raftId)) {
        continue;
      }
      others.add(member.id());
      if (!knowing.contains(member.id())) {
        try {
          newest = Math.max(newest, tell(member, keys, inTerm));
          knowing.add(member.id());
        } catch (StatusException e) {
          missing = Optional.of(waiting(member, e));
        }
      }
    }
    knowing.retainAll(others);
    if (missing.isPresent()) {
      throw new WaitException(missing.get());
    }
    return newest;
  }

  private static String waiting(Member member, StatusException e) {
    return switch (e.getStatus().getCode()) {
      case UNIMPLEMENTED ->
          "the manager at " + member.address() + " runs an older build, upgrade it";
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
          "the manager at "
              + member.address()
              + " cannot be reached, and must hold a key before it is used; where it is gone for"
              + " good, remove it ('node demote', 'node rm')";
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          "the manager at " + member.address() + " does not take it: " + e.getMessage();
    };
  }

  private int tell(Member member, SealKeys keys, long inTerm) throws StatusException {
    Messages.SealKeysReply reply =
        client.sealKeys(
            whereabouts.of(member), new Messages.SealKeysRequest(inTerm, keys.encode()));
    if (!reply.raftId().equals(member.id())) {
      throw Status.UNAVAILABLE
          .withDescription("another member is there: " + reply.raftId())
          .asException();
    }
    return reply.newestId();
  }

  // ---- on whoever is told

  /// The leader's keys: on this disk when this returns.
  Messages.SealKeysReply told(Peer peer, Messages.SealKeysRequest request) throws StatusException {
    if (request.term() < log.leadership().term()) {
      throw Status.FAILED_PRECONDITION
          .withDescription("node " + peer.nodeId() + " leads no more")
          .asException();
    }
    try {
      SealKeys now =
          keyring
              .take(SealKeys.decode(request.keys()))
              .orElseThrow(
                  () ->
                      Status.FAILED_PRECONDITION
                          .withDescription(
                              "its log is sealed with another key under the same id: remove this"
                                  + " manager and let it join again")
                          .asException());
      return new Messages.SealKeysReply(raftId, now.newest().id());
    } catch (IOException e) {
      LOG.warn("the log's keys of node {} were not taken: {}", peer.nodeId(), e.getMessage());
      throw Status.INTERNAL.withDescription("its disk: " + e.getMessage()).asException();
    }
  }

  // ---- when somebody becomes a manager

  /// Adds a member to the log.
  interface Adding {
    Messages.MemberReply add(Member member) throws StatusException;
  }

  /// Gives a new member all keys, then has it added: from then on it may be sent a snapshot.
  Messages.MemberReply admitting(Member member, Adding adding) throws StatusException {
    if (member.id().equals(raftId)) {
      return adding.add(member);
    }
    admissions.readLock().lock();
    try {
      SealKeys keys = keyring.current();
      try {
        var _ = tell(member, keys, log.leadership().term());
      } catch (StatusException e) {
        boolean older = e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
        if (!older) {
          return new Messages.MemberReply(
              Messages.MemberOutcome.UNCHANGED,
              "the leader cannot give the log's keys to "
                  + member.address()
                  + ": "
                  + e.getMessage());
        }
        if (keys.keys().size() > 1) {
          return new Messages.MemberReply(
              Messages.MemberOutcome.REFUSED,
              "this swarm's log has "
                  + keys.keys().size()
                  + " keys by now, and the build on this node knows one only: upgrade it, then join"
                  + " again");
        }
      }
      return adding.add(member);
    } finally {
      admissions.readLock().unlock();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
