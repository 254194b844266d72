package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/// Limits of a container's processes, as `--ulimit NAME=SOFT[:HARD]` has them.
final class Ulimits {
  private Ulimits() {}

  /// One as the API has it.
  static ObjectNode parse(String text, String option) throws InvalidValueException {
    int equal = text.indexOf('=');
    if (equal <= 0) {
      throw InvalidValueException.of(text, option, "invalid ulimit argument: " + text);
    }
    String[] limits = text.substring(equal + 1).split(":", 2);
    long soft = Numbers.signed(limits[0], option);
    long hard = limits.length == 1 ? soft : Numbers.signed(limits[1], option);
    return KeyValues.object()
        .put("Name", text.substring(0, equal))
        .put("Soft", soft)
        .put("Hard", hard);
  }

  /// Changes `Ulimits`: one of each name, in the order of the names, as Docker's command leaves
  /// them. Nothing is there where none is left.
  ///
  /// @param removed names; what stands behind a `=` does not count
  static void change(
      ObjectNode parent, Collection<String> removed, List<String> added, String option)
      throws InvalidValueException {
    var all = new TreeMap<String, JsonNode>();
    for (JsonNode limit : parent.path("Ulimits")) {
      all.put(limit.path("Name").asText(), limit);
    }
    removed.forEach(name -> all.remove(KeyValues.key(name)));
    for (String text : added) {
      ObjectNode limit = parse(text, option);
      all.put(limit.path("Name").asText(), limit);
    }
    parent.remove("Ulimits");
    if (!all.isEmpty()) {
      ArrayNode array = parent.putArray("Ulimits");
      all.values().forEach(array::add);
    }
  }
}
