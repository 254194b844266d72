package swarm.node.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import swarm.network.Mended;

/// What was mended lately of this host's networks; of many things the last ones. Thread-safe.
final class Repairs {
  private static final int MOST = 64;
  private static final Duration TOLD = Duration.ofMinutes(10);

  private final Deque<Repair> all = new ArrayDeque<>(); // guarded by this

  private record Repair(Instant at, Mended what) {}

  /// @return how often the very same was mended within a time, this included
  synchronized long add(Mended what, Instant now, Duration lately) {
    if (all.size() == MOST) {
      all.removeFirst();
    }
    all.addLast(new Repair(now, what));
    Instant from = now.minus(lately);
    return all.stream()
        .filter(repair -> repair.what().equals(what) && repair.at().isAfter(from))
        .count();
  }

  /// In words, for whoever looks for what is wrong.
  synchronized List<String> told(Instant now) {
    return all.stream()
        .filter(repair -> repair.at().isAfter(now.minus(TOLD)))
        .map(
            repair ->
                "%s, and was mended %d s ago: somebody else changes what is ours"
                    .formatted(repair.what(), Duration.between(repair.at(), now).toSeconds()))
        .toList();
  }
}
