package swarm.cli.spec;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/// `--since` and `--until`: a time, seconds since 1970, or how long ago.
public final class Times {
  private Times() {}

  /// @return seconds since 1970 with nanoseconds after a dot, as the API wants them
  public static String parse(String text, String option, Instant now, ZoneId zone)
      throws InvalidValueException {
    if (text.matches("\\d+(\\.\\d{1,9})?")) {
      return text;
    }
    if (text.matches("[\\d.]+(ns|us|µs|ms|s|m|h).*")) {
      return seconds(now.minusNanos(GoDuration.parse(text, option)));
    }
    try {
      if (text.matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)")) {
        return seconds(OffsetDateTime.parse(text).toInstant());
      }
      return seconds(
          text.contains("T")
              ? LocalDateTime.parse(text).atZone(zone).toInstant()
              : LocalDate.parse(text).atStartOfDay(zone).toInstant());
    } catch (DateTimeException _) {
      throw new InvalidValueException(
          "invalid value for \""
              + option.replace("--", "")
              + "\": failed to parse value as time or duration: \""
              + text
              + "\"; write it as 2026-01-31T12:00:00Z, 2026-01-31 or 10m (ago)");
    }
  }

  private static String seconds(Instant time) {
    return String.format(java.util.Locale.ROOT, "%d.%09d", time.getEpochSecond(), time.getNano());
  }
}
