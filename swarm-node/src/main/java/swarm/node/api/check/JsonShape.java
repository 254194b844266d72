package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import swarm.node.api.error.ApiException;

/// The types that the fields of a JSON object must have, for bodies that no record stands for.
/// `null` has every type, as in Go. Pure.
public final class JsonShape {
  /// What a field may hold.
  public enum Kind {
    TEXT("a string"),
    INTEGER("an integer within its range"),
    FLAG("true or false"),
    TEXTS("a list of strings"),
    INTEGERS("a list of integers"),
    /// A command: its words, or all of it as one.
    WORDS("a string or a list of strings"),
    MAP("an object of strings"),
    OBJECT("an object"),
    OBJECTS("a list of objects");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    private boolean fits(JsonNode value) {
      return switch (this) {
        case TEXT -> value.isTextual();
        case INTEGER -> value.isIntegralNumber() && value.canConvertToLong();
        case FLAG -> value.isBoolean();
        case TEXTS -> value.isArray() && allText(value);
        case INTEGERS -> value.isArray() && all(value, JsonNode::isIntegralNumber);
        case WORDS -> value.isTextual() || (value.isArray() && allText(value));
        case MAP -> value.isObject() && allText(value);
        case OBJECT -> value.isObject();
        case OBJECTS -> value.isArray() && all(value, JsonNode::isObject);
      };
    }

    private static boolean allText(JsonNode values) {
      return all(values, JsonNode::isTextual);
    }

    private static boolean all(JsonNode values, java.util.function.Predicate<JsonNode> good) {
      for (JsonNode value : values) {
        if (!good.test(value) && !value.isNull()) {
          return false;
        }
      }
      return true;
    }
  }

  private final Map<String, Kind> fields = new TreeMap<>();

  /// Adds fields of one type; returns this shape.
  public JsonShape with(Kind kind, String... names) {
    for (String name : names) {
      fields.put(name, kind);
    }
    return this;
  }

  /// @param where how the object is called towards the user, with a dot behind it; or nothing
  /// @throws ApiException 400 with the first field of another type, and what it holds
  public void check(JsonNode object, String where) throws ApiException {
    for (var field : fields.entrySet()) {
      JsonNode value = object.path(field.getKey());
      if (!value.isMissingNode() && !value.isNull() && !field.getValue().fits(value)) {
        throw JsonBody.misfit(where + field.getKey(), field.getValue().words, value);
      }
    }
  }
}
