package swarm.raft.engine;

/// What bounds the log's memory and disk.
///
/// @param maxCommandBytes the largest command; messages to other members are at most a quarter MiB
///   larger
/// @param maxPending most proposals that may be under way on the leader
/// @param segmentBytes size of a log file
/// @param snapshots what bounds the log's length, until [RatisLog#keepSnapshots] says otherwise
public record Limits(
    int maxCommandBytes, int maxPending, long segmentBytes, SnapshotPolicy snapshots) {
  private static final int MIB = 1024 * 1024;

  public Limits {
    positive("maxCommandBytes", maxCommandBytes);
    positive("maxPending", maxPending);
    positive("segmentBytes", segmentBytes);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }

  /// Commands up to 2 MiB, 2,048 of them under way, [SnapshotPolicy#defaults].
  public static Limits defaults() {
    return new Limits(2 * MIB, 2048, 8L * MIB, SnapshotPolicy.defaults());
  }

  /// The largest message that the transport must carry, apart from a few hundred bytes.
  int maxMessageBytes() {
    return maxCommandBytes + MIB / 4;
  }
}
