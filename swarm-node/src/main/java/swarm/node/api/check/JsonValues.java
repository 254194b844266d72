package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;

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
}
