package swarm.raft.engine;

/// When a member writes snapshots, and what it keeps behind them. It may be another one on each
/// member, and change while the log is open ([RatisLog#keepSnapshots]): what is agreed upon does
/// not depend on it.
///
/// @param entries a snapshot is due after this many entries
/// @param bytes or after this many bytes of commands
/// @param keptEntries entries kept behind the newest snapshot for followers that are a little late,
///   so that they need no snapshot
/// @param keptOld older snapshots kept beside the newest. None is needed: one that is being sent
///   stays readable until it is sent, though its name is gone
public record SnapshotPolicy(long entries, long bytes, long keptEntries, int keptOld) {
  /// A state of this size is written whenever it is due: that takes a few milliseconds.
  static final long SMALL_STATE = 1024 * 1024;

  public SnapshotPolicy {
    if (entries <= 0 || bytes <= 0) {
      throw new IllegalArgumentException(
          "A snapshot must be due after at least one entry and one byte, not "
              + entries
              + " and "
              + bytes
              + ".");
    }
    if (keptEntries < 0 || keptOld < 0) {
      throw new IllegalArgumentException(
          "What is kept must not be negative: " + keptEntries + " and " + keptOld + ".");
    }
  }

  /// Every 10,000 entries or 64 MiB of commands; 5,000 entries and no older snapshot are kept.
  public static SnapshotPolicy defaults() {
    return new SnapshotPolicy(10_000, 64L * 1024 * 1024, 5_000, 0);
  }

  /// Whether a snapshot is due, where the last one had `lastSnapshotBytes`: a large state is not
  /// written again for a few small commands, so the disk writes at most about twice what the
  /// commands themselves need. Nor is a log longer than the state: to replay it takes about as
  /// long.
  ///
  /// @param patience 1 or more: how many times the size of a large state must have been written.
  ///   Members whose patience differs do not write their snapshots at the same time, so that a
  ///   majority of them is at leisure to accept commands
  boolean due(long entriesSince, long bytesSince, long lastSnapshotBytes, double patience) {
    return (entriesSince >= entries || bytesSince >= bytes)
        && (lastSnapshotBytes <= SMALL_STATE || bytesSince >= lastSnapshotBytes * patience);
  }
}
