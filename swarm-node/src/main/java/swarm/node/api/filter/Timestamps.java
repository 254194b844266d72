package swarm.node.api.filter;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;

/// Points in time as Docker's filters give them: how long ago in Go's words (`1h30m`), RFC 3339, a
/// date with or without a time, or seconds since 1970. Pure.
final class Timestamps {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?)(ns|us|µs|ms|s|m|h)");
  private static final Pattern DURATION = Pattern.compile("(?:" + PART.pattern() + ")+");
  private static final Map<String, BigDecimal> NANOS =
      Map.of(
          "ns", BigDecimal.ONE,
          "us", BigDecimal.valueOf(1_000L),
          "µs", BigDecimal.valueOf(1_000L),
          "ms", BigDecimal.valueOf(1_000_000L),
          "s", BigDecimal.valueOf(1_000_000_000L),
          "m", BigDecimal.valueOf(60_000_000_000L),
          "h", BigDecimal.valueOf(3_600_000_000_000L));

  private Timestamps() {}

  /// @param zone where a time that names no zone is meant
  static Instant parse(String value, Instant now, ZoneId zone) throws ApiException {
    try {
      if (DURATION.matcher(value).matches()) {
        return now.minusNanos(nanos(value));
      }
      if (value.matches("\\d{1,12}(\\.\\d{1,9})?")) {
        var seconds = new BigDecimal(value);
        return Instant.ofEpochSecond(
            seconds.longValue(),
            seconds.remainder(BigDecimal.ONE).movePointRight(9).longValueExact());
      }
      if (value.matches("\\d{4}-\\d{2}-\\d{2}")) {
        return LocalDate.parse(value).atStartOfDay(zone).toInstant();
      }
      if (value.matches(".*(Z|[+-]\\d{2}:\\d{2})")) {
        return OffsetDateTime.parse(value).toInstant();
      }
      return LocalDateTime.parse(value).atZone(zone).toInstant();
    } catch (DateTimeException | ArithmeticException _) {
      throw ApiException.bad("failed to parse value as time or duration: \"" + value + "\"");
    }
  }

  private static long nanos(String duration) {
    BigDecimal all = BigDecimal.ZERO;
    Matcher part = PART.matcher(duration);
    while (part.find()) {
      all =
          all.add(
              new BigDecimal(part.group(1))
                  .multiply(NANOS.getOrDefault(part.group(2), BigDecimal.ZERO)));
    }
    return all.toBigInteger().longValueExact();
  }
}
