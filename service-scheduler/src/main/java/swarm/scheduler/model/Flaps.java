package swarm.scheduler.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How often a node was lost lately. A node that comes and goes costs its services more than one
/// that stays away: after [#FORGIVEN] losses it must stay for longer and longer before it is READY
/// again. Pure.
///
/// @param losses how often it went down; one is forgotten for each [#FORGOTTEN_AFTER]
/// @param at when that was counted last
public record Flaps(int losses, Instant at) {
  /// Losses that have no consequences.
  public static final int FORGIVEN = 5;

  public static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);
  private static final int MOST = 20;
  private static final Duration FIRST_HOLD = Duration.ofSeconds(2);
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(2);

  /// After one more loss.
  public static Flaps lost(@Nullable Flaps before, Instant now) {
    if (before == null) {
      return new Flaps(1, now);
    }
    long forgotten = Math.max(0, Duration.between(before.at, now).dividedBy(FORGOTTEN_AFTER));
    int kept = (int) Math.max(0, before.losses - forgotten);
    return new Flaps(Math.min(MOST, kept + 1), now);
  }

  /// How long a node must be there before it counts: 2 s after the first loss that is not forgiven,
  /// doubled with each, at most two minutes.
  public static Duration hold(@Nullable Flaps flaps) {
    int over = flaps == null ? 0 : flaps.losses - FORGIVEN;
    if (over <= 0) {
      return Duration.ZERO;
    }
    Duration hold = FIRST_HOLD.multipliedBy(1L << Math.min(over - 1, 16));
    return hold.compareTo(LONGEST_HOLD) < 0 ? hold : LONGEST_HOLD;
  }

  /// For people; empty where the node is not held back.
  public static String explain(@Nullable Flaps flaps) {
    Duration hold = hold(flaps);
    return flaps == null || hold.isZero()
        ? ""
        : "flapping: lost "
            + flaps.losses
            + " times lately, so it must stay for "
            + hold.toSeconds()
            + " s before it is ready";
  }
}
