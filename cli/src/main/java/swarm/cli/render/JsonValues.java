package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Json;
import swarm.template.Value;

/// What the API answers, as the values that templates speak of, and back.
final class JsonValues {
  private JsonValues() {}

  /// As Go reads JSON that it knows no type of: objects are maps, all of whose keys that are asked
  /// for must be there.
  static Value raw(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        var entries = new TreeMap<String, Value>();
        node.properties().forEach(e -> entries.put(bytes(e.getKey()), raw(e.getValue())));
        yield new Value.Entries("interface {}", entries, null);
      }
      case ARRAY -> {
        var items = new ArrayList<Value>();
        node.forEach(item -> items.add(raw(item)));
        yield new Value.Items("interface {}", items);
      }
      case NULL, MISSING -> new Value.Absent();
      case STRING, NUMBER, BOOLEAN, BINARY, POJO -> scalar(node);
    };
  }

  /// As Docker's client has it, in Go's types: objects have fields, which may be called by their Go
  /// name and are there although JSON leaves them out.
  ///
  /// @param type the name of the outermost type, for messages
  static Value typed(JsonNode node, String type) {
    return typed(node, type, "", "");
  }

  private static Value typed(JsonNode node, String type, String name, String parent) {
    return switch (node.getNodeType()) {
      case OBJECT -> GoTypes.isMap(name, parent) ? map(node, name) : struct(node, type, name);
      case ARRAY -> {
        var items = new ArrayList<Value>();
        node.forEach(item -> items.add(typed(item, name, name, parent)));
        boolean texts = !node.isEmpty() && node.get(0).isTextual();
        yield new Value.Items(texts ? "string" : "interface {}", items);
      }
      case NULL, MISSING -> GoTypes.nothing(name, parent);
      case STRING, NUMBER, BOOLEAN, BINARY, POJO -> scalar(node);
    };
  }

  private static Value scalar(JsonNode node) {
    if (node.isBoolean()) {
      return new Value.Bool(node.booleanValue());
    }
    if (node.isNumber()) {
      return node.canConvertToLong() && node.isIntegralNumber()
          ? new Value.Int(node.longValue())
          : new Value.Real(node.doubleValue());
    }
    return Value.Text.of(node.asText());
  }

  private static Value map(JsonNode node, String name) {
    var entries = new TreeMap<String, Value>();
    boolean texts = true;
    for (var entry : node.properties()) {
      texts &= entry.getValue().isTextual();
      entries.put(bytes(entry.getKey()), typed(entry.getValue(), name, "", name));
    }
    return new Value.Entries(texts ? "string" : "interface {}", entries, new Value.Absent());
  }

  private static Value struct(JsonNode node, String type, String name) {
    var fields = new LinkedHashMap<String, Value>();
    for (var entry : node.properties()) {
      String key = entry.getKey();
      fields.put(bytes(key), typed(entry.getValue(), key, key, name));
    }
    return new Value.Struct(type, fields, other -> other(fields, other, name), false);
  }

  /// `APIVersion` is `ApiVersion` in JSON, and `ID` may be `Id`.
  private static @Nullable Value other(Map<String, Value> fields, String wanted, String of) {
    if (!Character.isUpperCase(wanted.charAt(0))) {
      return null;
    }
    for (var field : fields.entrySet()) {
      if (field.getKey().equalsIgnoreCase(wanted)) {
        return field.getValue();
      }
    }
    return GoTypes.omitted(wanted, of);
  }

  private static String bytes(String text) {
    return Value.Text.of(text).bytes();
  }

  /// A value as JSON, on one line. A thing of a list has `<`, `>` and `&` escaped: Go's encoder
  /// does so for those that write their own JSON.
  static String json(Value value) {
    String json = Json.text(node(value));
    return value instanceof Value.Struct object && object.type().startsWith("*")
        ? json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        : json;
  }

  private static JsonNode node(Value value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case Value.Text text -> nodes.textNode(Value.Text.shown(text.bytes()));
      case Value.Int number -> nodes.numberNode(number.number());
      case Value.Real number -> nodes.numberNode(number.number());
      case Value.Bool bool -> nodes.booleanNode(bool.yes());
      case Value.Nil _, Value.Absent _, Value.Method _ -> nodes.nullNode();
      case Value.Items list -> {
        ArrayNode all = Json.array();
        list.items().forEach(item -> all.add(node(item)));
        yield all;
      }
      case Value.Entries map -> members(map.entries());
      case Value.Struct object -> members(object.fields());
    };
  }

  private static ObjectNode members(Map<String, Value> members) {
    ObjectNode all = Json.object();
    members.forEach((key, member) -> all.set(Value.Text.shown(key), node(member)));
    return all;
  }
}
