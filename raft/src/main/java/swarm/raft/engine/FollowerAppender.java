package swarm.raft.engine;

import java.io.IOException;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/// Brings one follower up to date, with one batch under way at a time.
///
/// Three things differ from Ratis' own appender for blocking transports:
///
/// - while a batch is under way, heartbeats go on beside it. A follower whose disk takes long to
///   flush is alive: without this the leader would give up its office for a slow disk.
/// - a follower hears of a new commit index within milliseconds rather than with the next
///   heartbeat, so that all members apply at about the same time ([CommitNotice]).
/// - a member that cannot be reached is named once in the log, not four times a second.
///
/// Whoever has news sends it: the thread that wrote an entry, and the network's that brought the
/// answer to the batch before. The appender's own thread does what takes time or comes by the
/// clock: heartbeats, a follower that is far behind or does not answer, snapshots. Nobody waits for
/// another: all of it is one look ([#look]) that goes on for as long as it is asked for.
final class FollowerAppender extends LogAppenderBase {
  /// A follower that lacks no more entries than this needs none that have to be read from the disk.
  private static final int NEAR_ENTRIES = 64;

  private final TransportRpc rpc;
  private final long heartbeatNanos; // between two of them
  private final SnapshotTransfer snapshots;
  private final OneAtATime looks = new OneAtATime(this::look);
  private final Alarm alarm = new Alarm(System.nanoTime());
  private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
  private volatile @Nullable Thread own;
  private volatile @Nullable Throwable broken;
  private volatile boolean hurry;
  private volatile @Nullable CompletableFuture<?> heartbeatBeside;

  // the look's
  private final CommitNotice notice = new CommitNotice(System.nanoTime());
  private @Nullable Batch underWay;
  private long besideNanos; // when the batch under way, or the last heartbeat beside it, was sent
  private final Reachability reachability = new Reachability(this);
  private final Backoff backoff; // of one heartbeat's time at most: who comes back is found soon

  /// What was sent.
  ///
  /// @param commit the index that it says to be committed
  private record Batch(AppendEntriesRequestProto request, long commit, Timestamp sent) {}

  /// What became of it: one of the two is there.
  private record Answer(
      Batch batch, @Nullable AppendEntriesReplyProto reply, @Nullable Throwable failure) {}

  FollowerAppender(
      RaftServer.Division server, LeaderState leader, FollowerInfo follower, TransportRpc rpc) {
    super(server, leader, follower);
    this.rpc = rpc;
    long heartbeatMs = Math.max(1, server.properties().minRpcTimeoutMs() / 2);
    this.heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeatMs);
    this.backoff = new Backoff(heartbeatMs);
    this.snapshots = new SnapshotTransfer(this, rpc, reachability);
  }

  @Override
  public void run() throws InterruptedException, IOException {
    own = Thread.currentThread();
    rpc.began(this);
    try {
      while (isRunning()) {
        looks.ask();
        throwIfBroken();
        getLeaderState().checkHealth(getFollower());
        alarm.await();
      }
    } finally {
      rpc.ended(this);
    }
  }

  /// Ratis ends the appender by what its thread throws, and begins another.
  private void throwIfBroken() throws IOException {
    switch (broken) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /// There may be entries to send, or another index is committed.
  @Override
  public void notifyLogAppender() {
    looks.ask();
  }

  /// Somebody waits on the follower for what is committed.
  void hurry() {
    hurry = true;
    looks.ask();
  }

  private void look() {
    if (broken != null) {
      return;
    }
    try {
      takeAnswer();
      alarm.set(isRunning() ? next() : System.nanoTime());
    } catch (IOException | RuntimeException | Error e) {
      broken = e;
      alarm.set(System.nanoTime()); // its own thread throws it
    }
  }

  /// Sends what is due and may be sent from here.
  ///
  /// @return when the own thread is to look again
  private long next() throws IOException {
    if (hurry) {
      hurry = false;
      notice.hurry();
    }
    boolean here = Thread.currentThread().equals(own);
    long now = System.nanoTime();
    if (underWay != null) {
      return beside(here, now);
    }
    if (now - backoff.resumeNanos() < 0) {
      return backoff.resumeNanos();
    }
    if (!shouldSendAppendEntries()) {
      return now + TimeUnit.MILLISECONDS.toNanos(getHeartbeatWaitTimeMs());
    }
    if (!here && !near()) {
      return now;
    }
    @Nullable SnapshotInfo snapshot = shouldInstallSnapshot();
    if (snapshot == null) {
      return send(now);
    }
    if (here) {
      backoff.went(snapshots.send(snapshot));
    }
    return System.nanoTime(); // there may be more at once
  }

  private boolean near() {
    long lacking = getRaftLog().getNextIndex() - getFollower().getNextIndex();
    return reachability.reachable()
        && lacking <= NEAR_ENTRIES
        && !getLeaderState().isFollowerBootstrapping(getFollower());
  }

  /// @return when the own thread is to look again
  private long send(long now) throws IOException {
    @Nullable AppendEntriesRequestProto request =
        newAppendEntriesRequest(CallId.getAndIncrement(), false);
    if (request == null) {
      backoff.went(!hasAppendEntries());
      return backoff.resumeNanos();
    }
    resetHeartbeatTrigger();
    var batch = new Batch(request, getRaftLog().getLastCommittedIndex(), Timestamp.currentTime());
    notice.sent(request.getEntriesCount() > 0, now);
    getFollower().updateLastRpcSendTime(request.getEntriesCount() == 0);
    underWay = batch;
    besideNanos = now;
    var _ =
        rpc.append(request)
            .whenComplete(
                (reply, failure) -> {
                  answer.set(new Answer(batch, reply, failure));
                  looks.ask();
                });
    return now + heartbeatNanos;
  }

  /// While a batch is under way. The answer's own timeout ends that.
  private long beside(boolean here, long now) throws IOException {
    long due = besideNanos + heartbeatNanos;
    if (now - due < 0 || !here) {
      return due;
    }
    sendHeartbeatBeside();
    besideNanos = now;
    return now + heartbeatNanos;
  }

  private void takeAnswer() {
    @Nullable Answer taken = answer.getAndSet(null);
    if (taken == null) {
      return;
    }
    underWay = null;
    if (!isRunning()) {
      return;
    }
    Batch batch = taken.batch();
    @Nullable AppendEntriesReplyProto reply = taken.reply();
    if (reply == null) {
      @Nullable Throwable failure = taken.failure();
      reachability.lost(
          failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
      backoff.went(false);
      return;
    }
    getFollower().updateLastRespondedAppendEntriesSendTime(batch.sent());
    // Told or not (Ratis caps it to what the follower has): the next heartbeat says it again.
    notice.told(batch.commit());
    heard(reply);
    accept(batch.request(), reply);
    backoff.went(true);
  }

  /// A heartbeat is due soon where the follower does not know the commit index yet.
  @Override
  public long getHeartbeatWaitTimeMs() {
    long regular = super.getHeartbeatWaitTimeMs();
    if (!reachability.reachable() || hasAppendEntries()) {
      return regular; // entries say it, too
    }
    long left = notice.left(getRaftLog().getLastCommittedIndex(), System.nanoTime());
    return left <= 0 ? 0 : Math.min(regular, 1 + TimeUnit.NANOSECONDS.toMillis(left - 1));
  }

  /// One at a time. It tells the leader that the follower lives, and nothing about its log: that is
  /// the batch's to say.
  private void sendHeartbeatBeside() throws IOException {
    @Nullable CompletableFuture<?> previous = heartbeatBeside;
    if (previous != null && !previous.isDone()) {
      return;
    }
    AppendEntriesRequestProto heartbeat = newAppendEntriesRequest(CallId.getAndIncrement(), true);
    getFollower().updateLastRpcSendTime(true);
    // A failure is the batch's to report: it goes the same way.
    heartbeatBeside = rpc.append(heartbeat).thenAccept(this::heardBeside);
  }

  private void heardBeside(AppendEntriesReplyProto reply) {
    if (!isRunning()) {
      return;
    }
    getFollower().updateLastRpcResponseTime();
    if (reply.getResult() == AppendEntriesReplyProto.AppendResult.NOT_LEADER) {
      onFollowerTerm(reply.getTerm());
    }
  }

  private void heard(AppendEntriesReplyProto reply) {
    getFollower().updateLastRpcResponseTime();
    reachability.heard();
    // Ratis' way of telling this wakes every appender, for requests that wait for what followers
    // have committed. There are none.
    getFollower().updateCommitIndex(reply.getFollowerCommit());
  }

  private void accept(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
    switch (reply.getResult()) {
      case SUCCESS -> advance(request, reply);
      case NOT_LEADER -> onFollowerTerm(reply.getTerm());
      case INCONSISTENCY ->
          getFollower()
              .setNextIndex(
                  getNextIndexForInconsistency(firstIndex(request), reply.getNextIndex()));
      case UNRECOGNIZED ->
          throw new IllegalStateException(
              getFollowerId() + " answered with a result that this version does not know.");
    }
    getLeaderState().onAppendEntriesReply(this, reply);
  }

  private void advance(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
    long old = getFollower().getNextIndex();
    long next = reply.getNextIndex();
    if (request.getEntriesCount() == 0) {
      // A heartbeat proves no more than that the entry before it is there.
      long previous =
          request.hasPreviousLog()
              ? request.getPreviousLog().getIndex()
              : RaftLog.INVALID_LOG_INDEX;
      next = Math.max(old, previous + 1);
    }
    if (next < old) {
      throw new IllegalStateException(
          getFollowerId() + " went back from index " + old + " to " + next + ".");
    }
    if (next > old) {
      getFollower().updateMatchIndex(next - 1);
      getFollower().increaseNextIndex(next);
      if (counts(next - 1)) {
        getLeaderState().onFollowerSuccessAppendEntries(getFollower());
      }
    }
  }

  /// What a majority has already is no news, and Ratis would wake a thread to find that out; except
  /// of a member that is about to vote, or to lead.
  private boolean counts(long match) {
    return match > getRaftLog().getLastCommittedIndex()
        || rpc.handingOver()
        || getLeaderState().isFollowerBootstrapping(getFollower());
  }

  private static long firstIndex(AppendEntriesRequestProto request) {
    return request.getEntriesCount() > 0
        ? request.getEntries(0).getIndex()
        : RaftLog.INVALID_LOG_INDEX;
  }

  @Override
  public long getCallId() {
    return CallId.get();
  }

  @Override
  public Comparator<Long> getCallIdComparator() {
    return CallId.getComparator();
  }
}
