package swarm.raft.engine;

import java.time.Duration;

/// The log's clocks.
///
/// @param electionMin a follower that heard nothing from the leader for this long may doubt it;
///   heartbeats are sent twice in this time
/// @param electionMax the longest that a follower waits before it stands for election, and how long
///   a leader goes on without a majority answering
/// @param requestTimeout how long proposals, barriers and changes of membership wait for the
///   members before they are answered with a failure
/// @param rpcTimeout how long one message may go unanswered; it holds the slowest flush of a
///   follower's disk and the transfer of 2 MiB
public record Timing(
    Duration electionMin, Duration electionMax, Duration requestTimeout, Duration rpcTimeout) {

  public Timing {
    if (electionMin.toMillis() < 20 || electionMax.compareTo(electionMin) <= 0) {
      throw new IllegalArgumentException(
          "The election timeouts must be at least 20 ms and rising, not "
              + electionMin
              + " to "
              + electionMax
              + ".");
    }
    if (requestTimeout.compareTo(electionMax) <= 0) {
      throw new IllegalArgumentException(
          "The request timeout ("
              + requestTimeout
              + ") must outlast an election ("
              + electionMax
              + ").");
    }
    if (rpcTimeout.isZero() || rpcTimeout.isNegative()) {
      throw new IllegalArgumentException("The RPC timeout must be positive: " + rpcTimeout);
    }
  }

  /// For members in one data centre; `DESIGN.md` of this module says why these.
  public static Timing lan() {
    return new Timing(
        Duration.ofMillis(200),
        Duration.ofMillis(400),
        Duration.ofSeconds(3),
        Duration.ofSeconds(1));
  }
}
