package swarm.node.control;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.scheduler.model.GossipKey;

/// When the keys of gossip change. A new key is known to all before any seals with it, and the old
/// one opens what still comes for a while. Pure.
final class GossipKeyring {
  /// As old as a key becomes.
  static final Duration LIFE = Duration.ofHours(12);

  /// How long nodes have to learn of a key before it is used.
  static final Duration ANNOUNCED = Duration.ofSeconds(5);

  /// How long an old key still opens packets.
  static final Duration KEPT = Duration.ofMinutes(1);

  private GossipKeyring() {}

  /// The keys that there should be instead; empty where all is well.
  ///
  /// @param renew whether who knows the present keys must not any more
  /// @param fresh 32 random bytes in Base64
  static Optional<List<GossipKey>> next(
      List<GossipKey> keys, boolean renew, Instant now, Supplier<String> fresh) {
    if (keys.isEmpty()) {
      return Optional.of(List.of(new GossipKey(1, fresh.get(), true, now)));
    }
    GossipKey newest = keys.getLast();
    Duration age = Duration.between(newest.since(), now);
    if (!newest.sends()) {
      return age.compareTo(ANNOUNCED) < 0 ? Optional.empty() : Optional.of(use(keys, now));
    }
    if (renew || age.compareTo(LIFE) > 0) {
      var more = new ArrayList<>(keys);
      more.add(new GossipKey(newest.id() + 1, fresh.get(), false, now));
      return Optional.of(more);
    }
    return keys.size() > 1 && age.compareTo(KEPT) > 0
        ? Optional.of(List.of(newest))
        : Optional.empty();
  }

  private static List<GossipKey> use(List<GossipKey> keys, Instant now) {
    var all = new ArrayList<GossipKey>();
    GossipKey newest = keys.getLast();
    for (GossipKey key : keys) {
      boolean sends = key.equals(newest);
      all.add(new GossipKey(key.id(), key.key(), sends, sends ? now : key.since()));
    }
    return all;
  }
}
