package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What an unquoted word of a YAML file means, as Docker's command reads it (gopkg.in/yaml.v3):
/// YAML 1.2's core schema, with the octal numbers (`0440`) and underscores of 1.1, but without its
/// `yes` and `no`. Dates stay texts.
final class Scalars {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");
  private static final Pattern WHOLE =
      Pattern.compile(
          "[-+]?(?:0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<bin>[01]+)|0[oO]?(?<oct>[0-7]+)|(?<dec>0|[1-9][0-9]*))");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  /// Longer ones are no numbers that anybody means.
  private static final int LONGEST = 400;

  private static final BigInteger UNSIGNED = BigInteger.ONE.shiftLeft(64);

  /// Go writes numbers from here on with an exponent.
  private static final int LARGE = 21;

  private static final int SMALL = -4;

  private Scalars() {}

  /// The meaning of an unquoted word.
  static JsonNode resolve(String word) {
    if (NULLS.contains(word)) {
      return NODES.nullNode();
    }
    if (TRUE.contains(word) || FALSE.contains(word)) {
      return NODES.booleanNode(TRUE.contains(word));
    }
    char first = word.charAt(0);
    boolean number = "+-.".indexOf(first) >= 0 || (first >= '0' && first <= '9');
    return number && word.length() <= LONGEST
        ? number(word, word.replace("_", ""))
        : NODES.textNode(word);
  }

  private static JsonNode number(String word, String digits) {
    var whole = WHOLE.matcher(digits);
    if (whole.matches()) {
      BigInteger size;
      if (whole.group("hex") != null) {
        size = new BigInteger(whole.group("hex"), 16);
      } else if (whole.group("bin") != null) {
        size = new BigInteger(whole.group("bin"), 2);
      } else if (whole.group("oct") != null) {
        size = new BigInteger(whole.group("oct"), 8);
      } else {
        size = new BigInteger(whole.group("dec"));
      }
      BigInteger value = digits.startsWith("-") ? size.negate() : size;
      if (value.bitLength() < Long.SIZE) {
        return NODES.numberNode(value.longValue());
      }
      return value.signum() > 0 && value.compareTo(UNSIGNED) < 0
          ? NODES.numberNode(value)
          : NODES.numberNode(value.doubleValue());
    }
    if (DECIMAL.matcher(digits).matches()) {
      return NODES.numberNode(Double.parseDouble(digits));
    }
    if (NOT_FINITE.matcher(word).matches()) {
      return NODES.numberNode(
          word.toLowerCase(Locale.ROOT).endsWith("nan")
              ? Double.NaN
              : first(word) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return NODES.textNode(word);
  }

  private static char first(String word) {
    return word.charAt(0);
  }

  /// A scalar as Go prints it: `1.10` is `1.1`.
  static String text(JsonNode scalar) {
    return scalar.isFloatingPointNumber() ? decimal(scalar.doubleValue()) : scalar.asText();
  }

  private static String decimal(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "+Inf" : "-Inf";
    }
    BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    if (exact.signum() == 0) {
      return "0";
    }
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= SMALL && exponent < LARGE) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    return (exact.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
