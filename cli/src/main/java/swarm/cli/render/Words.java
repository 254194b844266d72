package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Texts as Docker's tables have them.
public final class Words {
  private static final int ID_LENGTH = 12;

  /// Numbers within names count as numbers: `web.2` comes before `web.10`.
  public static final Comparator<String> NATURAL = Words::compareNaturally;

  private Words() {}

  /// The first twelve characters of an id, without its algorithm.
  public static String shortId(String id) {
    String plain = id.substring(id.indexOf(':') + 1);
    return plain.length() > ID_LENGTH ? plain.substring(0, ID_LENGTH) : plain;
  }

  /// With a capital: `running` to `Running`.
  public static String capital(String word) {
    return word.isEmpty() ? "" : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /// At most `limit` characters, the last an ellipsis where some are missing.
  public static String ellipsis(String text, int limit) {
    return text.codePointCount(0, text.length()) <= limit
        ? text
        : text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
  }

  /// In double quotes, control characters escaped.
  public static String quote(String text) {
    var out = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                  if (c < 0x20 || c == 0x7f) {
                    out.append(String.format(Locale.ROOT, "\\x%02x", c));
                  } else {
                    out.append((char) c);
                  }
                }
              }
            });
    return out.append('"').toString();
  }

  /// An image's name without Docker Hub's prefix, and without its digest where it has a tag.
  public static String image(String name) {
    String short1 = name.startsWith("docker.io/") ? name.substring("docker.io/".length()) : name;
    if (short1.startsWith("library/") && !short1.equals(name)) {
      short1 = short1.substring("library/".length());
    }
    int digest = short1.indexOf('@');
    if (digest < 0) {
      return short1;
    }
    String tagged = short1.substring(0, digest);
    return tagged.lastIndexOf(':') > tagged.lastIndexOf('/') ? tagged : short1;
  }

  /// A label map as `a=b,c=d`, in order.
  static String labels(JsonNode labels) {
    return labels.properties().stream()
        .map(e -> e.getKey() + "=" + e.getValue().asText())
        .sorted()
        .reduce((a, b) -> a + "," + b)
        .orElse("");
  }

  /// A time of the API as Go prints it: `2026-01-02 03:04:05.678 +0000 UTC`; itself where it is
  /// none.
  static String goTime(String time) {
    try {
      OffsetDateTime at = OffsetDateTime.parse(time);
      String zone = at.getOffset().getTotalSeconds() == 0 ? "UTC" : OFFSET.format(at);
      String fraction = FRACTION.format(at).replaceAll("0+$", "");
      return SECONDS.format(at)
          + (fraction.isEmpty() ? "" : "." + fraction)
          + " "
          + OFFSET.format(at)
          + " "
          + zone;
    } catch (DateTimeException _) {
      return time;
    }
  }

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", java.util.Locale.ROOT);
  private static final DateTimeFormatter FRACTION =
      DateTimeFormatter.ofPattern("nnnnnnnnn", java.util.Locale.ROOT);
  private static final DateTimeFormatter OFFSET =
      DateTimeFormatter.ofPattern("Z", java.util.Locale.ROOT);

  /// A map's pairs, in order of their keys; an empty value is not shown.
  static List<String> pairs(JsonNode map, String between) {
    return map.properties().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            e ->
                e.getValue().asText("").isEmpty()
                    ? e.getKey()
                    : e.getKey() + between + e.getValue().asText())
        .toList();
  }

  private static int compareNaturally(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (digit(a, i) && digit(b, j)) {
        int endA = endOfNumber(a, i);
        int endB = endOfNumber(b, j);
        String numberA = a.substring(i, endA).replaceFirst("^0+(?=.)", "");
        String numberB = b.substring(j, endB).replaceFirst("^0+(?=.)", "");
        int order =
            numberA.length() != numberB.length()
                ? Integer.compare(numberA.length(), numberB.length())
                : numberA.compareTo(numberB);
        if (order != 0) {
          return order;
        }
        i = endA;
        j = endB;
      } else if (a.charAt(i) != b.charAt(j)) {
        return Character.compare(a.charAt(i), b.charAt(j));
      } else {
        i++;
        j++;
      }
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static boolean digit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static int endOfNumber(String text, int from) {
    int end = from;
    while (end < text.length() && digit(text, end)) {
      end++;
    }
    return end;
  }
}
