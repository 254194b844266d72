package swarm.runtime.logs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a log's options say of each of its lines (`docker logs --details`): labels and environment
/// variables of the container, and its tag. Pure.
public final class LogAttributes {
  private LogAttributes() {}

  /// By name.
  public static SortedMap<String, String> of(LogConfig config, LogSource source) {
    var all = new TreeMap<String, String>();
    Predicate<String> label = chosen(config, "labels");
    source.labels().entrySet().stream()
        .filter(e -> label.test(e.getKey()))
        .forEach(e -> all.put(e.getKey(), e.getValue()));
    Predicate<String> variable = chosen(config, "env");
    for (String one : source.env()) {
      int equal = one.indexOf('=');
      if (equal > 0 && variable.test(one.substring(0, equal))) {
        all.put(one.substring(0, equal), one.substring(equal + 1));
      }
    }
    String tag = LogTag.of(config.options().getOrDefault("tag", ""), source);
    if (!tag.isEmpty()) {
      all.put("tag", tag);
    }
    return all;
  }

  private static Predicate<String> chosen(LogConfig config, String option) {
    Set<String> set =
        Arrays.stream(config.options().getOrDefault(option, "").split(","))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet());
    String regex = config.options().getOrDefault(option + "-regex", "");
    return regex.isEmpty() ? set::contains : Pattern.compile(regex).asPredicate().or(set::contains);
  }

  /// As it stands before a line.
  public static String text(Map<String, String> attributes) {
    return attributes.entrySet().stream()
        .map(e -> escaped(e.getKey()) + "=" + escaped(e.getValue()))
        .collect(Collectors.joining(","));
  }

  // As in a URL's query.
  private static String escaped(String text) {
    var out = new StringBuilder();
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (one & 0xff);
      if (c == ' ') {
        out.append('+');
      } else if (c < 128 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(one));
      }
    }
    return out.toString();
  }
}
