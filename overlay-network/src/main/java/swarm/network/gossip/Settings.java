package swarm.network.gossip;

/// The machine's clocks and sizes. Times are milliseconds.
///
/// @param tick how often the machine is ticked
/// @param interval from one probe to the next
/// @param pingTimeout how long an answer may take before others are asked to probe, too
/// @param probeTimeout how long a probe may take in all
/// @param relays how many others are asked
/// @param suspicionMin how long the subject may take to refute once enough others confirm
/// @param suspicionMax how long where nobody does
/// @param suspicionAlone how long where there is nobody who could
/// @param lambda an update is sent on lambda x log2(members) times
/// @param fanout how many members an update is sent to at once
/// @param syncInterval from one comparison of tables to the next
/// @param revisitInterval from one probe of a member that is dead or left to the next
/// @param accusationLife how long an accusation counts; who made it repeats it sooner
public record Settings(
    int tick,
    int interval,
    int pingTimeout,
    int probeTimeout,
    int relays,
    int suspicionMin,
    int suspicionMax,
    int suspicionAlone,
    int lambda,
    int fanout,
    int syncInterval,
    int revisitInterval,
    int accusationLife) {

  /// For members in one data centre: a pause of 300 ms and the loss of a packet in ten make nobody
  /// look dead; `DESIGN.md` has the sums.
  public static Settings lan() {
    return new Settings(25, 100, 80, 200, 3, 350, 1_500, 500, 3, 3, 1_000, 500, 10_000);
  }
}
