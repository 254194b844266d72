package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A thing of a list.
///
/// @param fields named as in Docker's templates, those with a small letter of our own and not shown
///   there; `id`, or else `ID`, is what `-q` prints
/// @param labels what `{{.Label "key"}}` looks into; null where there is no such method
public record Row(SortedMap<String, String> fields, @Nullable JsonNode labels) {
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
}
