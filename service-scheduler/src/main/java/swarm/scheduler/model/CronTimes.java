package swarm.scheduler.model;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The instants of a [CronExpression] in a time zone. Where the clocks there are put forward, what
/// is due in the hour that is left out comes as much later; where they are put back, what is due in
/// the hour that comes twice comes in the first. Expressions whose minute or hour begins with `*`
/// keep to what passes instead: left out with the hour, and due in both. (After Vixie cron, which
/// runs what was left out at once.) Pure.
final class CronTimes {
  /// No clock was ever put further than this.
  private static final int REACH_HOURS = 25;

  private CronTimes() {}

  /// The first one that is later than `after`; empty where none is within some years, which the
  /// parser of expressions has seen to.
  static Optional<Instant> next(CronExpression cron, ZoneId zone, Instant after) {
    ZoneRules rules = zone.getRules();
    LocalDateTime wall = LocalDateTime.ofInstant(after, rules.getOffset(after));
    // around a change the order on the wall is not that in time
    boolean near = changes(rules, after);
    LocalDateTime at = near ? wall.minusHours(REACH_HOURS) : wall.minusMinutes(1);
    @Nullable Instant best = null;
    @Nullable LocalDateTime last = null;
    while (true) {
      Optional<LocalDateTime> found = cron.after(at);
      if (found.isEmpty() || (last != null && found.get().isAfter(last))) {
        return Optional.ofNullable(best);
      }
      at = found.get();
      for (Instant each : instants(cron, zone, rules, at)) {
        if (each.isAfter(after) && (best == null || each.isBefore(best))) {
          best = each;
          LocalDateTime shown = LocalDateTime.ofInstant(best, rules.getOffset(best));
          last = near ? shown.plusHours(REACH_HOURS) : shown;
        }
      }
    }
  }

  private static boolean changes(ZoneRules rules, Instant around) {
    Instant from = around.minusSeconds(REACH_HOURS * 3600L);
    @Nullable ZoneOffsetTransition next = rules.isFixedOffset() ? null : rules.nextTransition(from);
    return next != null && next.getInstant().isBefore(around.plusSeconds(REACH_HOURS * 3600L));
  }

  private static List<Instant> instants(
      CronExpression cron, ZoneId zone, ZoneRules rules, LocalDateTime wall) {
    if (!cron.wildcard()) {
      return List.of(wall.atZone(zone).toInstant());
    }
    List<ZoneOffset> offsets = rules.getValidOffsets(wall);
    return offsets.stream().map(wall::toInstant).toList();
  }
}
