package swarm.raft.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import swarm.raft.log.Start;

/// Our decisions in Ratis' words. What is not set here is Ratis' default.
final class LogProperties {
  private static final int MIB = 1024 * 1024;

  /// What may wait to be written to the log. Whoever adds more waits.
  static final long QUEUE_BYTES = 16L * MIB;

  private LogProperties() {}

  static RaftProperties of(Path directory, Start start, Timing timing, Limits limits) {
    RaftProperties p = new RaftProperties();
    TransportRpcType.choose(p);
    RaftServerConfigKeys.setStorageDir(p, List.of(directory.toFile()));
    RaftServerConfigKeys.setStorageFreeSpaceMin(p, SizeInBytes.valueOf(0));
    clocks(p, start, timing);
    durability(p);
    bounds(p, limits);
    return p;
  }

  private static void clocks(RaftProperties p, Start start, Timing timing) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, time(timing.electionMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, time(timing.electionMax()));
    RaftServerConfigKeys.Rpc.setRequestTimeout(p, time(timing.requestTimeout()));
    firstElection(p, start, timing);
    // A new member that makes no progress for this long is given up.
    RaftServerConfigKeys.setStagingTimeout(p, time(timing.requestTimeout()));
    // A follower that was stalled itself has no opinion about the leader's silence.
    RaftServerConfigKeys.setSleepDeviationThreshold(p, time(timing.electionMin().dividedBy(2)));
    // A leader that lost its majority lets others go first, for no longer than users bear.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        p, time(timing.electionMax().multipliedBy(3)));
    RaftServerConfigKeys.LeaderElection.setPreVote(p, true);
    // Ratis closes a member for good after a pause of a minute. A virtual machine that was
    // suspended is no danger to Raft: it goes on where it was.
    RaftServerConfigKeys.setCloseThreshold(p, time(Duration.ofDays(3650)));
  }

  /// The first wait of a member's life. Somebody who is alone need not wait for others; a restarted
  /// member with a living leader is refused by the others (pre-vote), so asking early does no harm.
  private static void firstElection(RaftProperties p, Start start, Timing timing) {
    switch (start) {
      case Start.Bootstrap() -> firstElection(p, Duration.ZERO, Duration.ZERO);
      case Start.Restart() ->
          firstElection(p, timing.electionMin().dividedBy(4), timing.electionMin());
      case Start.Join() -> firstElection(p, timing.electionMin(), timing.electionMax());
    }
  }

  private static void firstElection(RaftProperties p, Duration min, Duration max) {
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, time(min));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, time(max));
  }

  /// Nothing is acknowledged before it is on the disk.
  private static void durability(RaftProperties p) {
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(p, false);
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(p, false);
    // A damaged log stops the member; half a log that passes for a whole one would not.
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        p, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    // Ratis would log an entry for every commit, to know after a restart without a majority what
    // was committed. We wait for a leader then, and write half as much.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
  }

  private static void bounds(RaftProperties p, Limits limits) {
    SizeInBytes message = SizeInBytes.valueOf(limits.maxMessageBytes());
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, message);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(p, SizeInBytes.valueOf(MIB));
    RaftServerConfigKeys.Log.setWriteBufferSize(
        p, SizeInBytes.valueOf(limits.maxMessageBytes() + 4096)); // its memory is in use at once
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf(limits.segmentBytes()));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        p, SizeInBytes.valueOf(Math.min(MIB, limits.segmentBytes())));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(
        p, SizeInBytes.valueOf(2 * limits.segmentBytes()));
    RaftServerConfigKeys.Log.setQueueElementLimit(p, 2 * limits.maxPending());
    RaftServerConfigKeys.Log.setQueueByteLimit(p, SizeInBytes.valueOf(QUEUE_BYTES));
    RaftServerConfigKeys.Write.setElementLimit(p, 2 * limits.maxPending());
    RaftServerConfigKeys.Write.setByteLimit(p, SizeInBytes.valueOf(64L * MIB));
    // We snapshot and purge ourselves, see Snapshots.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, false);
    RaftServerConfigKeys.Log.setPurgeGap(p, 1);
    // Ratis would hand what a follower hears from thread to thread, twice, to keep batches in order
    // that are sent one after the other without waiting. FollowerAppender sends one at a time.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(p, false);
    // Nobody retries with the same call id, so answers need not be remembered.
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.ONE_SECOND);
    // Callers wait for these threads; with an unbounded pool a thousand virtual threads that
    // propose would be a thousand platform threads.
    RaftServerConfigKeys.ThreadPool.setClientCached(p, false);
    RaftServerConfigKeys.ThreadPool.setClientSize(p, 2);
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
