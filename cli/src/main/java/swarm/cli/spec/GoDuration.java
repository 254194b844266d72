package swarm.cli.spec;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go's `time.ParseDuration` reads them (`1h30m`, `1.5s`, `100ms`, `0`), in
/// nanoseconds, and as it prints them.
public final class GoDuration {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private static final Pattern PART =
      Pattern.compile("\\G(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");

  private GoDuration() {}

  /// @return nanoseconds, 0 or more
  public static long parse(String text, String option) throws InvalidValueException {
    if (text.equals("0")) {
      return 0;
    }
    Matcher m = PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (m.find()) {
      nanos = nanos.add(new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit(m.group(2)))));
      end = m.end();
    }
    if (end == 0 || end != text.length()) {
      throw InvalidValueException.of(
          text, option, "invalid duration; write it as 10s, 1m30s or 500ms");
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw InvalidValueException.of(text, option, "it exceeds 292 years");
    }
    return nanos.longValue();
  }

  private static long unit(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "ms" -> MILLI;
      case "s" -> SECOND;
      case "m" -> MINUTE;
      case "h" -> HOUR;
      default -> MICRO; // the three ways to write microseconds: the pattern has no others
    };
  }

  /// As Go prints it: `1h30m0s`, `1.5s`, `100ms`, `0s`.
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 0) {
      return "-" + format(-nanos);
    }
    if (nanos < MICRO) {
      return nanos + "ns";
    }
    if (nanos < MILLI) {
      return decimal(nanos, MICRO) + "µs";
    }
    if (nanos < SECOND) {
      return decimal(nanos, MILLI) + "ms";
    }
    var out = new StringBuilder();
    if (nanos >= HOUR) {
      out.append(nanos / HOUR).append('h');
    }
    if (nanos >= MINUTE) {
      out.append(nanos % HOUR / MINUTE).append('m');
    }
    return out.append(decimal(nanos % MINUTE, SECOND)).append('s').toString();
  }

  private static String decimal(long nanos, long unit) {
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }
}
