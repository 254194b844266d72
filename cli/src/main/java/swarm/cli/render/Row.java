package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.template.Arguments;
import swarm.template.TemplateException;
import swarm.template.Value;

/// A thing of a list.
///
/// @param fields named as in Docker's templates, those with a small letter of our own and not shown
///   there; `id`, or else `ID`, is what `-q` prints
/// @param labels what `{{.Label "key"}}` looks into; null where there is no such method
public record Row(SortedMap<String, String> fields, @Nullable JsonNode labels) {
  /// The one field that is no text.
  private static final String BOOLEAN = "Self";

  /// From field and value, alternating.
  static Row of(String... fields) {
    var row = new TreeMap<String, String>();
    for (int i = 0; i < fields.length; i += 2) {
      row.put(fields[i], fields[i + 1]);
    }
    return new Row(row, null);
  }

  /// The same, with `Labels` and the method `Label`.
  Row labelled(JsonNode labels) {
    var all = new TreeMap<>(fields);
    all.put("Labels", Words.labels(labels));
    return new Row(all, labels);
  }

  String field(String name) {
    return fields.getOrDefault(name, "");
  }

  String id() {
    return fields.containsKey("id") ? field("id") : field("ID");
  }

  /// As templates see it.
  ///
  /// @param type as Go calls it
  /// @param nothing fields that are there and always nothing
  Value value(String type, List<String> nothing) {
    var all = new TreeMap<String, Value>();
    fields.forEach(
        (name, text) -> {
          if (Character.isUpperCase(name.charAt(0))) {
            all.put(
                name,
                name.equals(BOOLEAN)
                    ? new Value.Bool(Boolean.parseBoolean(text))
                    : Value.Text.of(text));
          }
        });
    nothing.forEach(name -> all.put(name, new Value.Nil()));
    return new Value.Struct(type, new LinkedHashMap<>(all), this::method, false);
  }

  private @Nullable Value method(String name) {
    JsonNode all = labels;
    if (all == null || !name.equals("Label")) {
      return null;
    }
    return new Value.Method(
        arguments -> {
          String key = Arguments.text(Arguments.only("Label", arguments));
          return Value.Text.of(all.path(Value.Text.shown(key)).asText(""));
        });
  }

  /// The names of columns, as a table's header sees them.
  static Value headers(Map<String, String> names) {
    var all = new LinkedHashMap<String, Value>();
    names.forEach((name, header) -> all.put(name, Value.Text.of(header)));
    return new Value.Struct(
        "formatter.SubHeaderContext",
        all,
        other -> other.equals("Label") ? new Value.Method(Row::label) : new Value.Absent(),
        false);
  }

  private static Value label(List<Value> arguments) throws TemplateException {
    String key = Arguments.text(Arguments.only("Label", arguments));
    String last = key.substring(key.lastIndexOf('.') + 1);
    return new Value.Text(last.replace('-', ' ').replace('_', ' '));
  }
}
