package swarm.raft.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one follower up to date, on a thread of its own, with one batch under way at a time.
///
/// Three things differ from Ratis' own appender for blocking transports:
///
/// - while a batch is under way, heartbeats go on beside it. A follower whose disk takes long to
///   flush is alive: without this the leader would give up its office for a slow disk.
/// - a follower hears of a new commit index within milliseconds rather than with the next
///   heartbeat, so that all members apply at about the same time; not at once, because under load
///   the next batch, which is about to go, says it, too.
/// - a member that cannot be reached is named once in the log, not four times a second.
final class FollowerAppender extends LogAppenderBase {
  private static final Logger LOGGER = LoggerFactory.getLogger(FollowerAppender.class);
  private static final long FIRST_PAUSE_MS = 5;
  private static final long COMMIT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private final TransportRpc rpc;
  private final long heartbeatMs;
  // A signal that comes between looking and waiting is kept, unlike with Ratis' AwaitForSignal.
  private final Semaphore wake = new Semaphore(0);
  private volatile @Nullable CompletableFuture<?> heartbeatBeside;
  private long commitTold = RaftLog.INVALID_LOG_INDEX;
  private @Nullable Long behindSince; // System.nanoTime(); null while the follower knows all
  private long pauseMs = FIRST_PAUSE_MS;
  private boolean reachable = true;

  FollowerAppender(
      RaftServer.Division server, LeaderState leader, FollowerInfo follower, TransportRpc rpc) {
    super(server, leader, follower);
    this.rpc = rpc;
    this.heartbeatMs = Math.max(1, server.properties().minRpcTimeoutMs() / 2);
  }

  @Override
  public void run() throws InterruptedException, IOException {
    while (isRunning()) {
      if (shouldSendAppendEntries()) {
        @Nullable SnapshotInfo snapshot = shouldInstallSnapshot();
        if (snapshot != null ? sendSnapshot(snapshot) : sendBatch()) {
          pauseMs = FIRST_PAUSE_MS;
        } else {
          pause();
        }
      }
      if (isRunning() && !hasAppendEntries()) {
        awaitWork();
      }
      getLeaderState().checkHealth(getFollower());
    }
  }

  /// Backs off up to one heartbeat's time: a member that comes back is found soon.
  private void pause() throws InterruptedException {
    Thread.sleep(pauseMs);
    pauseMs = Math.min(heartbeatMs, pauseMs * 2);
  }

  @SuppressWarnings("ReturnValueIgnored") // woken or not, the loop looks again
  private void awaitWork() throws InterruptedException {
    long waitMs = getHeartbeatWaitTimeMs();
    if (waitMs > 0) {
      wake.tryAcquire(waitMs, TimeUnit.MILLISECONDS);
      wake.drainPermits();
    }
  }

  @Override
  public void notifyLogAppender() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /// A heartbeat is due soon where the follower does not know the commit index yet.
  @Override
  public long getHeartbeatWaitTimeMs() {
    long regular = super.getHeartbeatWaitTimeMs();
    if (!commitBehind()) {
      return regular;
    }
    long now = System.nanoTime();
    @Nullable Long since = behindSince;
    if (since == null) {
      behindSince = since = now;
    }
    long left = COMMIT_PAUSE_NANOS - (now - since);
    return Math.min(regular, left <= 0 ? 0 : 1 + TimeUnit.NANOSECONDS.toMillis(left - 1));
  }

  private boolean commitBehind() {
    return reachable
        && commitTold >= 0
        && !hasAppendEntries()
        && commitTold < getRaftLog().getLastCommittedIndex();
  }

  /// @return whether the follower answered
  private boolean sendBatch() throws InterruptedException, IOException {
    @Nullable AppendEntriesRequestProto request =
        newAppendEntriesRequest(CallId.getAndIncrement(), false);
    if (request == null) {
      return !hasAppendEntries();
    }
    resetHeartbeatTrigger();
    long commit = getRaftLog().getLastCommittedIndex();
    behindSince = null;
    Timestamp sent = Timestamp.currentTime();
    getFollower().updateLastRpcSendTime(request.getEntriesCount() == 0);
    try {
      AppendEntriesReplyProto reply = awaitWithHeartbeats(rpc.append(request));
      getFollower().updateLastRespondedAppendEntriesSendTime(sent);
      // Told or not (Ratis caps it to what the follower has): the next heartbeat says it again.
      commitTold = commit;
      heard(reply);
      accept(request, reply);
      return true;
    } catch (ExecutionException e) {
      lost(e.getCause());
      return false;
    }
  }

  private AppendEntriesReplyProto awaitWithHeartbeats(
      CompletableFuture<AppendEntriesReplyProto> answer)
      throws InterruptedException, ExecutionException, IOException {
    while (true) {
      try {
        return answer.get(heartbeatMs, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // The answer's own timeout ends this loop.
        if (isRunning()) {
          sendHeartbeatBeside();
        }
      }
    }
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
    if (!reachable) {
      reachable = true;
      LOGGER.info("{}: {} answers again.", getServer().getId(), getFollowerId());
    }
    // Ratis' way of telling this wakes every appender, for requests that wait for what followers
    // have committed. There are none.
    getFollower().updateCommitIndex(reply.getFollowerCommit());
  }

  private void lost(@Nullable Throwable cause) {
    if (reachable && isRunning()) {
      reachable = false;
      LOGGER.warn(
          "{}: {} at {} does not answer ({}); trying on.",
          getServer().getId(),
          getFollowerId(),
          getFollower().getPeer().getAddress(),
          String.valueOf(cause));
    }
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
      getLeaderState().onFollowerSuccessAppendEntries(getFollower());
    }
  }

  private static long firstIndex(AppendEntriesRequestProto request) {
    return request.getEntriesCount() > 0
        ? request.getEntries(0).getIndex()
        : RaftLog.INVALID_LOG_INDEX;
  }

  private boolean sendSnapshot(SnapshotInfo snapshot) throws IOException {
    LOGGER.info(
        "{}: sending the snapshot {} to {}.",
        getServer().getId(),
        snapshot.getTermIndex(),
        getFollowerId());
    @Nullable InstallSnapshotReplyProto reply = null;
    try {
      for (InstallSnapshotRequestProto piece :
          newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot)) {
        getFollower().updateLastRpcSendTime(false);
        reply = rpc.installSnapshot(piece);
        getFollower().updateLastRpcResponseTime();
        if (!reply.getServerReply().getSuccess()) {
          break;
        }
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      lost(e);
      return false;
    }
    return reply != null && acceptSnapshot(snapshot, reply);
  }

  private boolean acceptSnapshot(SnapshotInfo snapshot, InstallSnapshotReplyProto reply) {
    return switch (reply.getResult()) {
      case NOT_LEADER -> {
        onFollowerTerm(reply.getTerm());
        yield true;
      }
      case SUCCESS, ALREADY_INSTALLED -> {
        getFollower().setSnapshotIndex(snapshot.getTermIndex().getIndex());
        getFollower().setAttemptedToInstallSnapshot();
        yield true;
      }
      case SNAPSHOT_UNAVAILABLE, SNAPSHOT_EXPIRED -> {
        getFollower().setAttemptedToInstallSnapshot();
        yield false;
      }
      case IN_PROGRESS, CONF_MISMATCH, SNAPSHOT_INSTALLED, UNRECOGNIZED -> false;
    };
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
