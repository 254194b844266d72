package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import swarm.cli.client.Json;

/// What differs between two specifications, field by field.
public final class SpecDiff {
  private static final String NONE = "(none)";

  /// Numbers for which 0 is not the same as none.
  private static final Set<String> COUNTS =
      Set.of("Replicas", "MaxAttempts", "Parallelism", "MaxConcurrent", "TotalCompletions");

  /// Fields that say where a thing is, not what it should be: the names beside them do.
  private static final Set<String> IDS = Set.of("SecretID", "ConfigID");

  /// One field that differs.
  ///
  /// @param path as templates of `inspect` have it: `TaskTemplate.ContainerSpec.Image`
  /// @param before JSON, or `(none)`
  public record Change(String path, String before, String after) {
    @Override
    public String toString() {
      return path + ": " + before + " -> " + after;
    }
  }

  private SpecDiff() {}

  /// @return nothing where they mean the same
  public static List<Change> between(JsonNode before, JsonNode after) {
    var all = new ArrayList<Change>();
    compare("", plain("", before), plain("", after), all);
    return all;
  }

  /// Without what says nothing: nulls, empty texts, lists and mappings, zeros and `false`.
  private static JsonNode plain(String name, JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode all = Json.object();
      for (var each : object.properties()) {
        JsonNode inner = plain(each.getKey(), each.getValue());
        if (!IDS.contains(each.getKey()) && !nothing(each.getKey(), inner)) {
          all.set(each.getKey(), inner);
        }
      }
      return usual(name, all);
    }
    if (node instanceof ArrayNode array) {
      ArrayNode all = Json.array();
      array.forEach(item -> all.add(plain(name, item)));
      return all;
    }
    return node;
  }

  /// With what a service has that does not say how many.
  private static ObjectNode usual(String mode, ObjectNode all) {
    List<String> counts =
        switch (mode) {
          case "Replicated" -> List.of("Replicas");
          case "ReplicatedJob" -> List.of("MaxConcurrent", "TotalCompletions");
          default -> List.of();
        };
    for (String count : counts) {
      if (!all.has(count)) {
        all.put(count, 1);
      }
    }
    return all;
  }

  private static boolean nothing(String name, JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> node.isEmpty() && !name.startsWith("Global");
      case ARRAY -> node.isEmpty();
      case STRING -> node.textValue().isEmpty();
      case NUMBER -> node.doubleValue() == 0 && !COUNTS.contains(name);
      case BOOLEAN -> !node.booleanValue() && !name.equals("Init");
      case NULL, MISSING -> true;
      case BINARY, POJO -> false;
    };
  }

  private static void compare(String path, JsonNode before, JsonNode after, List<Change> all) {
    if (same(before, after)) {
      return;
    }
    if (before.isObject() && after.isObject()) {
      var names = new TreeSet<String>();
      before.fieldNames().forEachRemaining(names::add);
      after.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + "." + name, before.path(name), after.path(name), all);
      }
      return;
    }
    all.add(new Change(path, text(before), text(after)));
  }

  /// Numbers by value: one side may be a decimal.
  private static boolean same(JsonNode before, JsonNode after) {
    if (before.isNumber() && after.isNumber()) {
      return before.doubleValue() == after.doubleValue();
    }
    if (before.isArray() && after.isArray() && before.size() == after.size()) {
      for (int i = 0; i < before.size(); i++) {
        if (!same(before.path(i), after.path(i))) {
          return false;
        }
      }
      return true;
    }
    if (before.isObject() && after.isObject() && before.size() == after.size()) {
      for (var each : before.properties()) {
        if (!same(each.getValue(), after.path(each.getKey()))) {
          return false;
        }
      }
      return true;
    }
    return before.equals(after);
  }

  private static String text(JsonNode node) {
    return node.isMissingNode() ? NONE : Json.text(node);
  }
}
