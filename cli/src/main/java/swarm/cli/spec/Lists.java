package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;

/// Changes to lists of texts in a specification.
final class Lists {
  private Lists() {}

  /// Takes out what `removed` says, then adds what is new; the order of what stays is kept. A list
  /// that is and stays empty is not made.
  static void change(
      ObjectNode parent, String member, Predicate<String> removed, List<String> added) {
    var all = new LinkedHashSet<String>();
    for (JsonNode item : parent.path(member)) {
      if (!removed.test(item.asText())) {
        all.add(item.asText());
      }
    }
    all.addAll(added);
    if (!all.isEmpty() || parent.path(member).isArray()) {
      ArrayNode array = parent.putArray(member);
      all.forEach(array::add);
    }
  }
}
