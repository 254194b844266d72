package swarm.runtime.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The Dockerfile instruction `HEALTHCHECK [OPTIONS] CMD ...|NONE` as an image's configuration has
/// it. Pure.
final class HealthCheckChange {
  private static final Pattern OPTION = Pattern.compile("--([a-z-]+)=(\\S+)\\s+(.*)");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h)");
  private static final Pattern DURATION = Pattern.compile("(?:" + PART.pattern() + ")+");
  private static final Map<String, Double> NANOS =
      Map.of("ns", 1d, "us", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);
  private static final Map<String, String> TIMES =
      Map.of(
          "interval", "Interval",
          "timeout", "Timeout",
          "start-period", "StartPeriod",
          "start-interval", "StartInterval");

  private HealthCheckChange() {}

  static ObjectNode read(String value) throws ImageException {
    ObjectNode check = ImageStore.JSON.createObjectNode();
    String rest = value;
    for (Matcher m = OPTION.matcher(rest); m.matches(); m = OPTION.matcher(rest)) {
      option(check, m.group(1), m.group(2));
      rest = m.group(3).strip();
    }
    ArrayNode test = ImageStore.JSON.createArrayNode();
    String[] parts = rest.split("\\s+", 2);
    switch (parts[0].toUpperCase(Locale.ROOT)) {
      case "NONE" -> {
        if (parts.length > 1 || !check.isEmpty()) {
          throw ConfigChanges.invalid("HEALTHCHECK " + value);
        }
        test.add("NONE");
      }
      case "CMD" -> {
        if (parts.length < 2) {
          throw ConfigChanges.invalid("HEALTHCHECK " + value);
        }
        ConfigChanges.strings(parts[1])
            .ifPresentOrElse(
                words -> {
                  test.add("CMD");
                  words.forEach(test::add);
                },
                () -> test.add("CMD-SHELL").add(parts[1]));
      }
      default -> throw ConfigChanges.invalid("HEALTHCHECK " + value);
    }
    check.set("Test", test);
    return check;
  }

  private static void option(ObjectNode check, String name, String value) throws ImageException {
    String field = TIMES.get(name);
    if (field != null && DURATION.matcher(value).matches()) {
      check.put(field, nanos(value));
    } else if (name.equals("retries") && value.matches("\\d{1,9}")) {
      check.put("Retries", Integer.parseInt(value));
    } else {
      throw ConfigChanges.invalid("HEALTHCHECK --" + name + "=" + value);
    }
  }

  private static long nanos(String duration) {
    double all = 0;
    Matcher part = PART.matcher(duration);
    while (part.find()) {
      all += Double.parseDouble(part.group(1)) * NANOS.getOrDefault(part.group(2), 0d);
    }
    return Math.round(all);
  }
}
