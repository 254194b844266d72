package swarm.scheduler.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whether two specs say the same in other words. Docker's clients read a service and post all of
/// it back, with `[]`, `{}`, `""`, 0 or false where nothing was said, or without them where they
/// were; in Docker such a spec is the same, because its protobuf has no other words. Names of
/// fields count without regard to case, as Go reads them. Pure.
public final class Meaning {
  /// Fields whose zero is not what is done where nothing is said: Docker's API has a pointer there.
  private static final Set<String> ZERO_SAYS =
      Set.of("init", "stopgraceperiod", "delay", "memoryswappiness", "swapbytes", "logdriver");

  /// Fields whose entries are the user's own words, keys and values.
  private static final Set<String> USERS_WORDS =
      Set.of("labels", "sysctls", "options", "driveropts");

  private Meaning() {}

  /// Whether both say the same.
  public static boolean same(Object a, Object b) {
    return a.equals(b) || same(Wire.JSON.valueToTree(a), Wire.JSON.<JsonNode>valueToTree(b));
  }

  /// Whether a field of some object says anything.
  static boolean says(JsonNode value) {
    return says("", value);
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    if (a.isArray() && b.isArray()) {
      return sameElements(a, b);
    }
    boolean objects = a.isObject() && b.isObject();
    return objects ? said(a).equals(said(b)) : a.equals(b);
  }

  private static boolean sameElements(JsonNode a, JsonNode b) {
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same = same(a.get(i), b.get(i));
    }
    return same;
  }

  /// What an object says, by the lower-case names of its fields.
  private static SortedMap<String, Said> said(JsonNode object) {
    var fields = new TreeMap<String, Said>();
    object
        .properties()
        .forEach(
            field -> {
              String name = field.getKey().toLowerCase(Locale.ROOT);
              if (says(name, field.getValue())) {
                fields.put(name, new Said(USERS_WORDS.contains(name), field.getValue()));
              }
            });
    return fields;
  }

  private static boolean says(String name, JsonNode value) {
    if (ZERO_SAYS.contains(name)) {
      return !value.isNull();
    }
    return switch (value.getNodeType()) {
      case NULL, MISSING -> false;
      case BOOLEAN -> value.booleanValue();
      // nobody may read a file of mode 0; unsaid, it is 0444
      case NUMBER -> value.decimalValue().signum() != 0 || name.equals("mode");
      case STRING -> !value.textValue().isEmpty();
      case ARRAY -> !value.isEmpty();
      case OBJECT -> USERS_WORDS.contains(name) ? !value.isEmpty() : !said(value).isEmpty();
      case BINARY, POJO -> true;
    };
  }

  /// A value that is equal to those that say the same.
  ///
  /// @param literal whether it is taken by its letters
  private record Said(boolean literal, JsonNode value) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Said that
          && literal == that.literal
          && (literal ? value.equals(that.value) : same(value, that.value));
    }

    @Override
    public int hashCode() {
      return Objects.hash(literal, value.getNodeType());
    }
  }
}
