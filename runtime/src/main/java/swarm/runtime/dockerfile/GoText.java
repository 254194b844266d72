package swarm.runtime.dockerfile;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// Values as Go's `fmt` writes them, for what Docker puts into an image's history. Pure.
public final class GoText {
  private static final long SECOND = 1_000_000_000;

  private GoText() {}

  /// `%q` of a string.
  public static String quote(String text) {
    var out = new StringBuilder("\"");
    text.codePoints().forEach(c -> quote(out, c));
    return out.append('"').toString();
  }

  /// `%q` of a number: the character that it stands for.
  public static String quote(int character) {
    if (character == '\'') {
      return "'\\''";
    }
    if (character == '"') {
      return "'\"'";
    }
    var out = new StringBuilder("'");
    quote(out, character);
    return out.append("'").toString();
  }

  private static void quote(StringBuilder out, int c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case 0x07 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 0x0b -> out.append("\\v");
      default -> {
        if (c < ' ' || c == 0x7f) {
          out.append(String.format("\\x%02x", c));
        } else if (c == ' ' || isPrintable(c)) {
          out.appendCodePoint(c);
        } else {
          out.append(c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
        }
      }
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /// `%q` of a list.
  public static String quote(List<String> all) {
    return all.stream().map(GoText::quote).collect(Collectors.joining(" ", "[", "]"));
  }

  /// `%v` of a duration: `1m30s`, `1.5s`, `20ms`.
  public static String duration(Duration value) {
    long nanos = value.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < SECOND) {
      return nanos < 1_000
          ? nanos + "ns"
          : nanos < 1_000_000 ? decimal(nanos, 1_000) + "µs" : decimal(nanos, 1_000_000) + "ms";
    }
    long minutes = nanos / SECOND / 60;
    String seconds = decimal(nanos - minutes * 60 * SECOND, SECOND) + "s";
    return (minutes >= 60 ? minutes / 60 + "h" : "")
        + (minutes > 0 ? minutes % 60 + "m" : "")
        + seconds;
  }

  private static String decimal(long nanos, long unit) {
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }

  /// `%v` of a list.
  public static String list(List<String> all) {
    return "[" + String.join(" ", all) + "]";
  }
}
