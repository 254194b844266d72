package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a value in a user's JSON says. Docker's clients send every field they know, most of them
/// with Go's zero value: such a field says nothing. Pure.
public final class JsonValues {
  private JsonValues() {}

  /// Whether a value is more than Go's zero value.
  public static boolean says(JsonNode value) {
    return !(value.isNull()
        || value.isMissingNode()
        || (value.isContainerNode() && value.isEmpty())
        || (value.isTextual() && value.asText().isEmpty())
        || (value.isNumber() && value.asDouble() == 0)
        || (value.isBoolean() && !value.asBoolean()));
  }

  /// Whether a value, or anything within an object, is more than Go's zero value.
  public static boolean saysWithin(JsonNode value) {
    return value.isObject()
        ? value.properties().stream().anyMatch(field -> saysWithin(field.getValue()))
        : says(value);
  }

  /// A field's text; empty where it is not there or no text.
  public static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isTextual() ? value.asText() : "";
  }

  /// An object's fields as texts, in their order; empty where it is no object.
  public static Map<String, String> map(JsonNode object) {
    var all = new LinkedHashMap<String, String>();
    object.properties().forEach(e -> all.put(e.getKey(), e.getValue().asText()));
    return all;
  }
}
