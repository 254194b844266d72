package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.template.Arguments;
import swarm.template.TemplateException;
import swarm.template.Value;

/// Things of a list as templates see them. Apart from [Row], so that a table loads nothing of
/// templates.
final class RowValues {
  /// The one field that is no text.
  private static final String BOOLEAN = "Self";

  /// Fields of containers that are always nothing.
  private static final List<String> NOTHING = List.of("Platform");

  private RowValues() {}

  /// @param type as Go calls it
  static Value of(Row row, String type) {
    var all = new TreeMap<String, Value>();
    row.fields()
        .forEach(
            (name, text) -> {
              if (Character.isUpperCase(name.charAt(0))) {
                all.put(
                    name,
                    name.equals(BOOLEAN)
                        ? new Value.Bool(Boolean.parseBoolean(text))
                        : Value.Text.of(text));
              }
            });
    if (type.equals(Tables.CONTAINER)) {
      NOTHING.forEach(name -> all.put(name, new Value.Nil()));
    }
    return new Value.Struct(
        "*" + type, new LinkedHashMap<>(all), name -> method(row.labels(), name), false);
  }

  private static @Nullable Value method(@Nullable JsonNode labels, String name) {
    if (labels == null || !name.equals("Label")) {
      return null;
    }
    return new Value.Method(
        arguments -> {
          String key = Arguments.text(Arguments.only("Label", arguments));
          return Value.Text.of(labels.path(Value.Text.shown(key)).asText(""));
        });
  }

  /// The names of columns, as a table's header sees them.
  static Value headers(Map<String, String> names) {
    var all = new LinkedHashMap<String, Value>();
    names.forEach((name, header) -> all.put(name, Value.Text.of(header)));
    return new Value.Struct(
        "formatter.SubHeaderContext",
        all,
        other -> other.equals("Label") ? new Value.Method(RowValues::label) : new Value.Absent(),
        false);
  }

  private static Value label(List<Value> arguments) throws TemplateException {
    String key = Arguments.text(Arguments.only("Label", arguments));
    String last = key.substring(key.lastIndexOf('.') + 1);
    return new Value.Text(last.replace('-', ' ').replace('_', ' '));
  }
}
