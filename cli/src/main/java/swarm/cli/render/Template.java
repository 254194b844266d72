package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;

/// The part of Go's templates that one-liners need: text, `{{.Field}}`, `{{.A.B}}`, `{{.}}`,
/// `json`, `upper`, `lower` or `println` before them, and `{{index .Field 0 "key"}}`. Anything else
/// is refused, not guessed.
public final class Template {
  private sealed interface Part {
    record Text(String text) implements Part {}

    record Value(String function, List<String> path) implements Part {}
  }

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  public static Template parse(String text) throws InvalidValueException {
    var parts = new ArrayList<Part>();
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf("{{", at);
      if (open < 0) {
        parts.add(new Part.Text(text.substring(at)));
        break;
      }
      int close = text.indexOf("}}", open);
      if (close < 0) {
        throw new InvalidValueException("template parsing error: '{{' is not closed in " + text);
      }
      if (open > at) {
        parts.add(new Part.Text(text.substring(at, open)));
      }
      parts.add(value(text.substring(open + 2, close).strip()));
      at = close + 2;
    }
    return new Template(parts);
  }

  private static final Pattern INDEX =
      Pattern.compile("index +(\\.|(?:\\.[\\w-]+)+)((?: +(?:\\d{1,9}|\"[^\"]*\"))+)");
  private static final Pattern KEY = Pattern.compile("(\\d+)|\"([^\"]*)\"");

  /// An element of a list, or of a map whose key is no name.
  private static @Nullable Part indexed(String expression) {
    Matcher m = INDEX.matcher(expression);
    if (!m.matches()) {
      return null;
    }
    var path = new ArrayList<>(fields(m.group(1)));
    Matcher key = KEY.matcher(m.group(2));
    while (key.find()) {
      path.add(key.group(1) == null ? key.group(2) : key.group(1));
    }
    return new Part.Value("", path);
  }

  private static List<String> fields(String path) {
    return path.equals(".") ? List.of() : List.of(path.substring(1).split("\\."));
  }

  private static Part value(String expression) throws InvalidValueException {
    Part indexed = indexed(expression);
    if (indexed != null) {
      return indexed;
    }
    int blank = expression.indexOf(' ');
    String function = blank < 0 ? "" : expression.substring(0, blank);
    String path = expression.substring(blank + 1).strip();
    if (!List.of("", "json", "upper", "lower", "println").contains(function)
        || !path.matches("\\.|(\\.[\\w-]+)+")) {
      throw new InvalidValueException(
          "template parsing error: {{"
              + expression
              + "}} is not understood; use {{.Field}}, {{json .Field}} or --format json");
    }
    return new Part.Value(function, fields(path));
  }

  /// The first fields of the paths, as a table's header needs them.
  List<String> fields() {
    return parts.stream()
        .mapMulti(
            (Part part, java.util.function.Consumer<String> out) -> {
              if (part instanceof Part.Value(String _, List<String> path) && !path.isEmpty()) {
                out.accept(path.getFirst());
              }
            })
        .toList();
  }

  /// The template with its values from `node`; what is not there is `<no value>`, as Go has it.
  public String render(JsonNode node) {
    var out = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Text(String text) -> out.append(text);
        case Part.Value(String function, List<String> path) -> {
          JsonNode value = node;
          for (String name : path) {
            value = field(value, name);
          }
          out.append(
              switch (function) {
                case "json" -> Json.text(value);
                case "upper" -> text(value).toUpperCase(java.util.Locale.ROOT);
                case "lower" -> text(value).toLowerCase(java.util.Locale.ROOT);
                case "println" -> text(value) + "\n";
                default -> text(value);
              });
        }
      }
    }
    return out.toString();
  }

  /// Docker's templates have the names of Go's fields, the API those of JSON: `APIVersion` is
  /// `ApiVersion` there, and `ID` may be `Id`. Keys of a user's own are as they are.
  private static JsonNode field(JsonNode value, String name) {
    if (value.isArray()) {
      return name.matches("\\d{1,9}") ? value.path(Integer.parseInt(name)) : value.path(name);
    }
    if (!value.has(name) && !name.isEmpty() && Character.isUpperCase(name.charAt(0))) {
      for (var entry : value.properties()) {
        if (entry.getKey().equalsIgnoreCase(name)
            && Character.isUpperCase(entry.getKey().charAt(0))) {
          return entry.getValue();
        }
      }
    }
    return value.path(name);
  }

  /// A value as Go's `fmt` prints it.
  private static String text(JsonNode value) {
    return switch (value.getNodeType()) {
      case MISSING -> "<no value>";
      case NULL -> "<nil>";
      case OBJECT ->
          value.properties().stream()
              .map(e -> e.getKey() + ":" + text(e.getValue()))
              .collect(Collectors.joining(" ", "map[", "]"));
      case ARRAY ->
          StreamSupport.stream(value.spliterator(), false)
              .map(Template::text)
              .collect(Collectors.joining(" ", "[", "]"));
      case STRING, NUMBER, BOOLEAN, BINARY, POJO -> value.asText();
    };
  }
}
