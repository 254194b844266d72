package swarm.runtime.logs;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a log driver's `tag` option says of a container: Docker's template of one-word fields.
/// Pure.
public final class LogTag {
  private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.(\\w+)\\s*\\}\\}");
  private static final int SHORT_ID = 12;

  private LogTag() {}

  static void check(String template) throws InvalidLogOptionException {
    Matcher fields = FIELD.matcher(template);
    var sample = fields(new LogSource("0".repeat(64), "", "", "", Map.of(), java.util.List.of()));
    while (fields.find()) {
      if (!sample.containsKey(fields.group(1))) {
        throw LogOptions.notStarted(
            "can't evaluate field " + fields.group(1) + " in the log opt tag '" + template + "'");
      }
    }
    if (fields.replaceAll("").contains("{{")) {
      throw LogOptions.notStarted(
          "the log opt tag '"
              + template
              + "' may have fields such as {{.Name}}, but no other template actions");
    }
  }

  /// The template with its fields filled in.
  public static String of(String template, LogSource source) {
    Map<String, String> values = fields(source);
    return FIELD
        .matcher(template)
        .replaceAll(field -> Matcher.quoteReplacement(values.getOrDefault(field.group(1), "")));
  }

  private static Map<String, String> fields(LogSource source) {
    String image = source.imageId().replaceFirst("^sha256:", "");
    return Map.of(
        "ID", source.id().substring(0, SHORT_ID),
        "FullID", source.id(),
        "Name", source.name(),
        "ImageID", image.substring(0, Math.min(SHORT_ID, image.length())),
        "ImageFullID", source.imageId(),
        "ImageName", source.imageName(),
        "DaemonName", "docker");
  }
}
