package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTimesTest {
  private static CronExpression cron(String text) {
    CronExpression.Parsed parsed = CronExpression.parse(text);
    assertThat(parsed.problem()).isEmpty();
    return parsed.expression().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *             | UTC           | 2026-01-01T00:00:00Z | 2026-01-01T00:01:00Z
          * * * * *             | UTC           | 2026-01-01T00:00:59Z | 2026-01-01T00:01:00Z
          0 3 * * *             | UTC           | 2026-01-01T02:59:59Z | 2026-01-01T03:00:00Z
          0 3 * * *             | UTC           | 2026-01-01T03:00:00Z | 2026-01-02T03:00:00Z
          0 3 * * *             | Europe/Berlin | 2026-01-01T00:00:00Z | 2026-01-01T02:00:00Z
          0 3 * * *             | Europe/Berlin | 2026-07-01T00:00:00Z | 2026-07-01T01:00:00Z
          0 3 * * *             | +05:30        | 2026-01-01T00:00:00Z | 2026-01-01T21:30:00Z
          */15 * * * *          | UTC           | 2026-01-01T00:07:00Z | 2026-01-01T00:15:00Z
          5/20 * * * *          | UTC           | 2026-01-01T00:26:00Z | 2026-01-01T00:45:00Z
          10-14/2,50 * * * *    | UTC           | 2026-01-01T00:14:00Z | 2026-01-01T00:50:00Z
          0 0 29 2 *            | UTC           | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z
          0 0 29 2 *            | UTC           | 2096-03-01T00:00:00Z | 2104-02-29T00:00:00Z
          0 0 31 * *            | UTC           | 2026-01-31T00:00:00Z | 2026-03-31T00:00:00Z
          0 12 * * mon-fri      | UTC           | 2026-01-02T13:00:00Z | 2026-01-05T12:00:00Z
          0 12 * * 0            | UTC           | 2026-01-01T00:00:00Z | 2026-01-04T12:00:00Z
          0 12 * * 7            | UTC           | 2026-01-01T00:00:00Z | 2026-01-04T12:00:00Z
          0 12 * * SUN          | UTC           | 2026-01-01T00:00:00Z | 2026-01-04T12:00:00Z
          0 0 13 * fri          | UTC           | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z
          0 0 13 * fri          | UTC           | 2026-01-09T00:00:00Z | 2026-01-13T00:00:00Z
          0 0 */2 * fri         | UTC           | 2026-01-01T00:00:00Z | 2026-01-09T00:00:00Z
          0 0 1 jan,jul *       | UTC           | 2026-01-01T00:00:00Z | 2026-07-01T00:00:00Z
          @hourly               | UTC           | 2026-01-01T00:00:00Z | 2026-01-01T01:00:00Z
          @daily                | UTC           | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z
          @Midnight             | UTC           | 2026-01-01T00:00:00Z | 2026-01-02T00:00:00Z
          @weekly               | UTC           | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z
          @monthly              | UTC           | 2026-01-01T00:00:00Z | 2026-02-01T00:00:00Z
          @yearly               | UTC           | 2026-01-01T00:00:00Z | 2027-01-01T00:00:00Z
          """)
  void next(String text, String zone, Instant after, Instant expected) {
    assertThat(CronTimes.next(cron(text), ZoneId.of(zone), after)).contains(expected);
  }

  /// Berlin: on 29 March 2026 at 01:00 UTC 02:00 becomes 03:00; on 25 October at 01:00 UTC 03:00
  /// becomes 02:00. Lord Howe's clocks are put forward by half an hour, Samoa left out a day.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30 2 * * *     | Europe/Berlin | 2026-03-28T12:00:00Z | 03-29T01:30 03-30T00:30
          0,30 2 * * *   | Europe/Berlin | 2026-03-28T12:00:00Z | 03-29T01:00 03-29T01:30 03-30T00:00
          0 2,3 * * *    | Europe/Berlin | 2026-03-28T12:00:00Z | 03-29T01:00 03-30T00:00 03-30T01:00
          0 * * * *      | Europe/Berlin | 2026-03-28T23:30:00Z | 03-29T00:00 03-29T01:00 03-29T02:00
          30 */2 * * *   | Europe/Berlin | 2026-03-28T23:00:00Z | 03-28T23:30 03-29T02:30 03-29T04:30
          30 2 * * *     | Europe/Berlin | 2026-10-24T12:00:00Z | 10-25T00:30 10-26T01:30
          30 2 * * *     | Europe/Berlin | 2026-10-25T00:45:00Z | 10-26T01:30
          30 2 * * *     | Europe/Berlin | 2026-10-25T01:10:00Z | 10-26T01:30
          0 * * * *      | Europe/Berlin | 2026-10-24T23:30:00Z | 10-25T00:00 10-25T01:00 10-25T02:00
          */30 2 * * *   | Europe/Berlin | 2026-10-24T23:30:00Z | 10-25T00:00 10-25T00:30 10-25T01:00
          20,35 2 * * *  | Australia/Lord_Howe | 2026-10-03T00:00:00Z | 10-03T15:35 10-03T15:50
          0 12 * * *     | Pacific/Apia  | 2026-01-01T00:00:00Z | 01-01T23:00 01-02T23:00
          """)
  void clocksThatArePutForwardAndBack(String text, String zone, Instant after, String expected) {
    var found = new ArrayList<String>();
    Instant at = after;
    for (String _ : expected.split(" ")) {
      at = CronTimes.next(cron(text), ZoneId.of(zone), at).orElseThrow();
      found.add(at.toString().substring(5, 16));
    }
    assertThat(String.join(" ", found)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''              | 0 fields
          * * * *         | 4 fields
          * * * * * *     | 6 fields
          60 * * * *      | minute must be from 0 to 59
          * 24 * * *      | hour must be from 0 to 23
          * * 0 * *       | day of the month must be from 1 to 31
          * * * 13 *      | month must be from 1 to 12, or jan to dec
          * * * * 8       | day of the week must be from 0 to 7, or sun to sat
          */0 * * * *     | minute must be
          5-1 * * * *     | minute must be
          1,,2 * * * *    | minute must be
          1- * * * *      | minute must be
          -1 * * * *      | minute must be
          +1 * * * *      | minute must be
          99999999 * * * *| minute must be
          @reboot         | no such name
          0 0 30 2 *      | no such day
          0 0 31 4,6,9,11 * | no such day
          """)
  void wrongOnes(String text, String problem) {
    CronExpression.Parsed parsed = CronExpression.parse(text);
    assertThat(parsed.expression()).isEmpty();
    assertThat(parsed.problem()).contains(problem);
  }

  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran");

  /// Against a walk over every minute, through the changes of a year.
  @Property(tries = 300)
  void asAWalkOverTheMinutesFindsIt(
      @ForAll @IntRange(max = 59) int minute,
      @ForAll @IntRange(max = 23) int hour,
      @ForAll @IntRange(max = 4) int zone,
      @ForAll @LongRange(max = 365 * 24 * 60) long from,
      @ForAll boolean everyHour) {
    CronExpression cron = cron(minute + " " + (everyHour ? "*" : hour) + " * * *");
    ZoneId place = ZoneId.of(ZONES.get(zone));
    Instant after = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(60 * from);
    Instant found = CronTimes.next(cron, place, after).orElseThrow();
    assertThat(found).isAfter(after);
    boolean shown = found.atZone(place).getMinute() == minute;
    boolean jumped =
        !found
            .minus(Duration.ofHours(25))
            .atZone(place)
            .getOffset()
            .equals(found.atZone(place).getOffset());
    assertThat(shown || jumped).isTrue();
    for (Instant each = after.plusSeconds(60); each.isBefore(found); each = each.plusSeconds(60)) {
      var wall = each.atZone(place);
      boolean first = wall.withEarlierOffsetAtOverlap().toInstant().equals(each);
      boolean due = wall.getMinute() == minute && (everyHour || (wall.getHour() == hour && first));
      assertThat(due).as("%s passed over for %s", each, found).isFalse();
    }
  }

  @Property(tries = 200)
  void theLastOneThatWasDueIsFound(
      @ForAll @IntRange(min = 1, max = 59) int step,
      @ForAll @LongRange(max = 100_000) long away,
      @ForAll @LongRange(max = 500_000) long start) {
    var schedule =
        new Schedule(
            cron("*/" + step + " * * * *"),
            ZoneId.of("UTC"),
            Schedule.Overlap.SKIP,
            -1,
            Duration.ofHours(1));
    Instant handled = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(start);
    Instant now = handled.plusSeconds(away);
    var due = schedule.due(handled, now);
    Instant next = schedule.next(due.orElse(handled)).orElseThrow();
    assertThat(next).isAfter(now);
    due.ifPresent(at -> assertThat(at).isAfter(handled).isBeforeOrEqualTo(now));
  }
}
