package swarm.cli.render;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// Times and sizes in words, as Docker's clients have them.
public final class Human {
  private Human() {}

  /// `3 minutes`, `About an hour`, `Less than a second`.
  public static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds == 1) {
      return "1 second";
    }
    if (seconds < 60) {
      return seconds + " seconds";
    }
    long minutes = duration.toMinutes();
    if (minutes == 1) {
      return "About a minute";
    }
    if (minutes < 60) {
      return minutes + " minutes";
    }
    long hours = duration.plusMinutes(30).toHours();
    if (hours == 1) {
      return "About an hour";
    }
    if (hours < 48) {
      return hours + " hours";
    }
    long days = hours / 24;
    if (days < 14) {
      return days + " days";
    }
    if (days < 60) {
      return days / 7 + " weeks";
    }
    if (days < 2 * 365) {
      return days / 30 + " months";
    }
    return duration.toHours() / 24 / 365 + " years";
  }

  /// How long ago a time of the API was; `N/A` where it is none.
  public static String ago(String time, Instant now) {
    try {
      return duration(Duration.between(Instant.parse(time), now)) + " ago";
    } catch (DateTimeException _) {
      return "N/A";
    }
  }

  /// Three digits and powers of 1,000: `4.26MB`.
  public static String size(long bytes) {
    return scaled(bytes, 1000, 3, "B", "kB", "MB", "GB", "TB", "PB", "EB");
  }

  /// Four digits and powers of 1,000: `4.262MB`, as Docker has sums.
  public static String sum(long bytes) {
    return scaled(bytes, 1000, 4, "B", "kB", "MB", "GB", "TB", "PB", "EB");
  }

  /// Four digits and powers of 1,024: `23.47GiB`.
  public static String memory(long bytes) {
    return scaled(bytes, 1024, 4, "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
  }

  private static String scaled(long bytes, int base, int digits, String... units) {
    BigDecimal size = BigDecimal.valueOf(bytes);
    int unit = 0;
    while (size.compareTo(BigDecimal.valueOf(base)) >= 0 && unit < units.length - 1) {
      size = size.divide(BigDecimal.valueOf(base), MathContext.DECIMAL64);
      unit++;
    }
    return size.round(new MathContext(digits)).stripTrailingZeros().toPlainString() + units[unit];
  }
}
