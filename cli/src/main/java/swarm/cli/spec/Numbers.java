package swarm.cli.spec;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers as users write them: counts, ratios, processors and sizes.
public final class Numbers {
  private static final Pattern SIZE =
      Pattern.compile("^(\\d+(?:\\.\\d+)?) ?([kmgtp])?(i?b)?$", Pattern.CASE_INSENSITIVE);
  private static final BigDecimal NANO = BigDecimal.valueOf(1_000_000_000);

  private Numbers() {}

  /// A whole number from 0 to 2^63-1.
  public static long unsigned(String text, String option) throws InvalidValueException {
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && !text.startsWith("+")) {
        return number;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw InvalidValueException.of(text, option, "it must be a whole number of 0 or more");
  }

  /// A whole number, which may be negative.
  public static long signed(String text, String option) throws InvalidValueException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw InvalidValueException.of(text, option, "it must be a whole number");
    }
  }

  public static double ratio(String text, String option) throws InvalidValueException {
    try {
      double ratio = Double.parseDouble(text);
      if (ratio >= 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw InvalidValueException.of(text, option, "it must be a ratio from 0 to 1");
  }

  /// Processors (`1.5`) in billionths.
  public static long nanoCpus(String text, String option) throws InvalidValueException {
    try {
      BigDecimal nano = new BigDecimal(text).multiply(NANO);
      if (nano.signum() >= 0) {
        return nano.setScale(0, RoundingMode.UNNECESSARY).longValueExact();
      }
    } catch (NumberFormatException _) {
      // said below
    } catch (ArithmeticException _) {
      throw InvalidValueException.of(text, option, "value is too precise");
    }
    throw InvalidValueException.of(text, option, "it must be a number of processors, such as 1.5");
  }

  /// Bytes (`512m`, `1.5GiB`, `1024`): a unit means powers of 1,024.
  public static long bytes(String text, String option) throws InvalidValueException {
    Matcher m = SIZE.matcher(text.strip());
    if (!m.matches()) {
      throw InvalidValueException.of(text, option, "invalid size: '" + text + "'");
    }
    int power = m.group(2) == null ? 0 : "kmgtp".indexOf(m.group(2).toLowerCase(Locale.ROOT)) + 1;
    BigDecimal bytes = new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw InvalidValueException.of(text, option, "it exceeds " + Long.MAX_VALUE + " bytes");
    }
    return bytes.longValue();
  }
}
