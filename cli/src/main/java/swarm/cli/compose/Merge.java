package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import swarm.cli.client.Json;

/// Lays one Compose file over another: values replace, mappings are merged, lists of texts are
/// appended; ports, volumes, secrets and configs replace the one that they stand for. Networks,
/// volumes, secrets and configs of the file replace as wholes.
final class Merge {
  /// Lists that replace.
  private static final Set<String> WHOLE = Set.of("command", "entrypoint", "test", "aliases");

  private static final Map<String, Function<JsonNode, String>> KEYED =
      Map.of(
          "ports", Merge::port,
          "volumes", volume -> volume.path("target").asText(),
          "secrets", secret -> secret.path("source").asText(),
          "configs", config -> config.path("source").asText());

  private Merge() {}

  static ComposeFile files(ComposeFile base, ComposeFile other) {
    var places = new Shape.Places();
    places.putAll(base.places());
    places.putAll(other.places());
    var services = new TreeMap<String, JsonNode>();
    for (var each : base.services().properties()) {
      services.put(each.getKey(), each.getValue());
    }
    for (var each : other.services().properties()) {
      services.merge(
          each.getKey(),
          each.getValue(),
          (before, after) -> service((ObjectNode) before, (ObjectNode) after));
    }
    return new ComposeFile(
        base.version(),
        Json.object().setAll(services),
        replaced(base.networks(), other.networks()),
        replaced(base.volumes(), other.volumes()),
        replaced(base.secrets(), other.secrets()),
        replaced(base.configs(), other.configs()),
        base.extensions(),
        base.warnings(),
        places);
  }

  private static ObjectNode replaced(ObjectNode base, ObjectNode other) {
    var all = new TreeMap<String, JsonNode>();
    base.properties().forEach(each -> all.put(each.getKey(), each.getValue()));
    other.properties().forEach(each -> all.put(each.getKey(), each.getValue()));
    return Json.object().setAll(all);
  }

  /// Two ports without a published one are the same where they have the same target.
  private static String port(JsonNode port) {
    String published = port.path("published").asText("");
    return String.format("%5s", published)
        + "/"
        + port.path("protocol").asText("tcp")
        + (published.isEmpty() ? "/" + port.path("target").asText() : "");
  }

  private static ObjectNode service(ObjectNode base, ObjectNode other) {
    ObjectNode all = base.deepCopy();
    for (var each : other.properties()) {
      String key = each.getKey();
      JsonNode before = all.get(key);
      Function<JsonNode, String> name = KEYED.get(key);
      if (name != null && before != null) {
        all.set(key, keyed(before, each.getValue(), name));
      } else if (key.equals("logging") && before != null && otherDriver(before, each.getValue())) {
        all.set(key, each.getValue());
      } else if (key.equals("depends_on")) {
        all.set(key, dependencies(before, each.getValue()));
      } else if (key.equals("ulimits") && before instanceof ObjectNode limits) {
        all.set(key, replaced(limits, (ObjectNode) each.getValue()));
      } else {
        all.set(key, value(key, before, each.getValue()));
      }
    }
    return all;
  }

  private static boolean otherDriver(JsonNode base, JsonNode other) {
    String before = base.path("driver").asText("");
    String after = other.path("driver").asText("");
    return !before.isEmpty() && !after.isEmpty() && !before.equals(after);
  }

  private static ArrayNode keyed(JsonNode base, JsonNode other, Function<JsonNode, String> name) {
    var all = new TreeMap<String, JsonNode>();
    base.forEach(item -> all.put(name.apply(item), item));
    other.forEach(item -> all.put(name.apply(item), item));
    ArrayNode list = Json.array();
    all.values().forEach(list::add);
    return list;
  }

  /// A list and a mapping become a mapping.
  private static JsonNode dependencies(
      @org.jspecify.annotations.Nullable JsonNode base, JsonNode other) {
    if (base == null) {
      return other;
    }
    if (base.isArray() && other.isArray()) {
      return value("depends_on", base, other);
    }
    ObjectNode all = conditions(base);
    conditions(other).properties().forEach(each -> all.set(each.getKey(), each.getValue()));
    return all;
  }

  private static ObjectNode conditions(JsonNode dependencies) {
    if (dependencies instanceof ObjectNode object) {
      return object.deepCopy();
    }
    ObjectNode all = Json.object();
    dependencies.forEach(name -> all.putObject(name.asText()).put("condition", "service_started"));
    return all;
  }

  private static JsonNode value(
      String key, @org.jspecify.annotations.Nullable JsonNode base, JsonNode other) {
    if (base instanceof ObjectNode before && other instanceof ObjectNode after) {
      var all = new TreeMap<String, JsonNode>();
      before.properties().forEach(each -> all.put(each.getKey(), each.getValue()));
      for (var each : after.properties()) {
        all.put(each.getKey(), value(each.getKey(), all.get(each.getKey()), each.getValue()));
      }
      return Json.object().setAll(all);
    }
    if (base instanceof ArrayNode before && other instanceof ArrayNode after) {
      return WHOLE.contains(key) ? after : before.deepCopy().addAll(after);
    }
    return other.isNull() && base instanceof ObjectNode ? base : other;
  }
}
