package swarm.node.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When the key of the log changes. Pure.
final class SealKeyPlan {
  /// As old as a key becomes.
  static final Duration LIFE = Duration.ofDays(90);

  /// So many entries a key may see: a quarter of what it may seal at most (2^32 messages, NIST SP
  /// 800-38D), because snapshots and entries that never made it into the log count, too.
  static final long ENTRIES = 1L << 30;

  /// No two keys are made within less: an operator's script must not use up the ids.
  static final Duration APART = Duration.ofMinutes(1);

  private SealKeyPlan() {}

  /// What a leader is to do now.
  sealed interface Step {
    /// Nothing; all others are to know the present keys.
    record Stay() implements Step {}

    /// Make another key, because of what `why` says.
    record Make(String why) implements Step {}

    /// Have all managers hold key `id`, then seal with it.
    record Change(int id) implements Step {}

    /// There are no ids left, although `why`.
    record Exhausted(String why) implements Step {}
  }

  /// @param unlockKey what the cluster's managers are locked with; null for nothing
  /// @param index the last entry that was applied
  static Step next(SealKeys keys, @Nullable String unlockKey, Instant now, long index) {
    SealKey newest = keys.newest();
    boolean waits = newest.id() != keys.sealing();
    Optional<String> why = unfit(newest, unlockKey, now, index);
    boolean last = newest.id() >= SealKey.LAST_ID;
    if (why.isPresent() && !last && !tooSoon(newest, now)) {
      return new Step.Make(why.get());
    }
    if (waits) {
      return new Step.Change(newest.id()); // better than the one before, even if not good
    }
    return why.isPresent() && last ? new Step.Exhausted(why.get()) : new Step.Stay();
  }

  /// The clock of who made it may have been ahead: then it was long ago.
  private static boolean tooSoon(SealKey newest, Instant now) {
    Duration age = Duration.between(newest.made(), now);
    return newest.id() > 0 && !age.isNegative() && age.compareTo(APART) < 0;
  }

  private static Optional<String> unfit(
      SealKey key, @Nullable String unlockKey, Instant now, long index) {
    if (unlockKey != null && !SealKey.lockOf(unlockKey).equals(key.lock())) {
      return Optional.of("the managers are locked with another unlock key than when it was made");
    }
    if (key.made().equals(Instant.EPOCH)) {
      return Optional.of("an earlier version made it, nobody knows when");
    }
    if (Duration.between(key.made(), now).compareTo(LIFE) > 0) {
      return Optional.of("it is older than " + LIFE.toDays() + " days");
    }
    return index - key.index() > ENTRIES
        ? Optional.of("it has seen more than " + ENTRIES + " entries")
        : Optional.empty();
  }
}
