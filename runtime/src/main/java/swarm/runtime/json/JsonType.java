package swarm.runtime.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Predicate;

/// What a field of JSON from outside may hold, where no record stands for the object: as Go reads
/// it. Pure.
public enum JsonType {
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

  JsonType(String words) {
    this.words = words;
  }

  /// How the type is called towards the user.
  public String words() {
    return words;
  }

  /// Whether a value that is there, and not `null`, has this type.
  public boolean fits(JsonNode value) {
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

  private static boolean all(JsonNode values, Predicate<JsonNode> good) {
    for (JsonNode value : values) {
      if (!good.test(value) && !value.isNull()) {
        return false;
      }
    }
    return true;
  }
}
