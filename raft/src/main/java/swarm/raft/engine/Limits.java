package swarm.raft.engine;

/// What bounds the log's memory and disk.
///
/// @param maxCommandBytes the largest command; messages to other members are at most a quarter MiB
///   larger
/// @param maxPending most proposals that may be under way on the leader
/// @param segmentBytes size of a log file
/// @param snapshotEntries a snapshot is due after this many entries
/// @param snapshotBytes or after this many bytes of commands
/// @param keptEntries entries kept behind the snapshot for followers that are a little late, so
///   that they need no snapshot
/// @param keptSnapshots snapshots kept: two, so that one may be deleted while an older one is sent
public record Limits(
    int maxCommandBytes,
    int maxPending,
    long segmentBytes,
    long snapshotEntries,
    long snapshotBytes,
    long keptEntries,
    int keptSnapshots) {
  private static final int MIB = 1024 * 1024;

  public Limits {
    positive("maxCommandBytes", maxCommandBytes);
    positive("maxPending", maxPending);
    positive("segmentBytes", segmentBytes);
    positive("snapshotEntries", snapshotEntries);
    positive("snapshotBytes", snapshotBytes);
    positive("keptSnapshots", keptSnapshots);
    if (keptEntries < 0) {
      throw new IllegalArgumentException("keptEntries must not be negative: " + keptEntries);
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }

  /// Commands up to 2 MiB, 2,048 of them under way, snapshots every 50,000 entries or 64 MiB.
  public static Limits defaults() {
    return new Limits(2 * MIB, 2048, 8L * MIB, 50_000, 64L * MIB, 5_000, 2);
  }

  /// Whether a snapshot is due, where the last one had `lastSnapshotBytes`: a large state is not
  /// written again for a few small commands, so the disk writes at most about twice what the
  /// commands themselves need. Nor is a log longer than the state: to replay it takes about as
  /// long.
  boolean snapshotDue(long entriesSince, long bytesSince, long lastSnapshotBytes) {
    return (entriesSince >= snapshotEntries || bytesSince >= snapshotBytes)
        && bytesSince >= lastSnapshotBytes;
  }

  /// The largest message that the transport must carry, apart from a few hundred bytes.
  int maxMessageBytes() {
    return maxCommandBytes + MIB / 4;
  }
}
