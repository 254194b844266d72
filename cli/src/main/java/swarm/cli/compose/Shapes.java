package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Json;
import swarm.cli.spec.GoDuration;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.Numbers;

/// The simple shapes, and those made of others. What is wrong is told in the words of Docker's
/// command.
final class Shapes {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// A text that is not empty.
  static final Shape TEXT =
      (value, path, _) -> {
        String text = text(value, path);
        return text.isEmpty() ? null : NODES.textNode(text);
      };

  /// A text; empty ones say something, too.
  static final Shape WORD = (value, path, _) -> NODES.textNode(text(value, path));

  /// A whole number of 0 or more; 0 says something.
  static final Shape COUNT = (value, path, _) -> NODES.numberNode(whole(value, path, true));

  /// A whole number but 0.
  static final Shape WHOLE =
      (value, path, _) -> {
        long number = whole(value, path, false);
        return number == 0 ? null : NODES.numberNode(number);
      };

  /// `true` or `false`: both say something.
  static final Shape TRUTH = (value, path, _) -> NODES.booleanNode(truth(value, path));

  static final Shape FLAG = (value, path, _) -> truth(value, path) ? NODES.booleanNode(true) : null;

  static final Shape RATIO =
      (value, path, _) -> {
        if (value instanceof Value.Scalar(JsonNode json, _) && json.isNumber()) {
          return json.doubleValue() == 0 ? null : json;
        }
        throw wrong(value, path, "must be a number");
      };

  /// As Go writes it.
  static final Shape DURATION =
      (value, path, _) -> {
        if (value instanceof Value.Scalar(JsonNode json, _) && json.isTextual()) {
          try {
            return NODES.textNode(GoDuration.format(GoDuration.parse(json.textValue(), path)));
          } catch (InvalidValueException _) {
            throw wrong(
                value, path, "Does not match format 'duration': write it as 10s, 1m30s or 500ms");
          }
        }
        throw wrong(value, path, "must be a string");
      };

  /// A duration that says something only where it is not zero.
  static final Shape SPAN =
      (value, path, places) -> {
        JsonNode read = DURATION.read(value, path, places);
        return read == null || read.asText().equals("0s") ? null : read;
      };

  /// Bytes, as a text without unit.
  static final Shape BYTES =
      (value, path, _) -> {
        String text = scalar(value, path, "must be a string");
        try {
          long bytes = Numbers.bytes(text, path);
          return bytes == 0 ? null : NODES.textNode(Long.toString(bytes));
        } catch (InvalidValueException _) {
          throw wrong(value, path, "invalid size: '" + text + "'");
        }
      };

  /// A text, or a number that is taken as one.
  static final Shape SCALAR =
      (value, path, _) -> NODES.textNode(scalar(value, path, "must be a string or number"));

  static final Shape STRINGS = (value, path, _) -> some(strings(value, path, true));

  /// A list in which a text may come twice.
  static final Shape WORDS = (value, path, _) -> some(strings(value, path, false));

  static final Shape STRING_OR_LIST =
      (value, path, _) -> some(oneOrMore(value, path, "must be a string or list"));

  /// `[A=1, B]` or `{A: 1}`, as a mapping. A key without value is the empty text.
  static final Shape MAPPING = (value, path, places) -> some(mapping(value, path, false));

  /// The same with null for a key without value.
  static final Shape VARIABLES = (value, path, places) -> some(mapping(value, path, true));

  /// Texts, or numbers that are taken as such, by name.
  static final Shape OPTIONS =
      (value, path, _) -> {
        ObjectNode all = Json.object();
        for (var each : sorted(value, path).entrySet()) {
          all.put(
              each.getKey(),
              each.getValue() instanceof Value.Scalar(JsonNode json, _) && json.isNull()
                  ? ""
                  : scalar(
                      each.getValue(), path + "." + each.getKey(), "must be a string or number"));
        }
        return some(all);
      };

  private Shapes() {}

  static ComposeException wrong(Value value, String path, String what) {
    return new ComposeException(value.place(), (path.isEmpty() ? "(root)" : path) + " " + what);
  }

  private static <T extends JsonNode> @Nullable T some(T all) {
    return all.isEmpty() ? null : all;
  }

  static String text(Value value, String path) throws ComposeException {
    if (value instanceof Value.Scalar(JsonNode json, _) && json.isTextual()) {
      return json.textValue();
    }
    throw wrong(value, path, "must be a string");
  }

  static String scalar(Value value, String path, String what) throws ComposeException {
    if (value instanceof Value.Scalar(JsonNode json, _) && (json.isTextual() || json.isNumber())) {
      return Scalars.text(json);
    }
    throw wrong(value, path, what);
  }

  private static long whole(Value value, String path, boolean count) throws ComposeException {
    if (value instanceof Value.Scalar(JsonNode json, _) && json.isNumber()) {
      double exact = json.doubleValue();
      long number = json.longValue();
      if (json.canConvertToLong() && exact == Math.rint(exact)) {
        if (count && number < 0) {
          throw wrong(value, path, "must be 0 or more, and is " + number);
        }
        return number;
      }
    }
    throw wrong(value, path, "must be a integer");
  }

  private static boolean truth(Value value, String path) throws ComposeException {
    if (value instanceof Value.Scalar(JsonNode json, _) && json.isBoolean()) {
      return json.booleanValue();
    }
    throw wrong(value, path, "must be a boolean");
  }

  static List<Value> items(Value value, String path) throws ComposeException {
    if (value instanceof Value.Items(var all, _)) {
      return all;
    }
    throw wrong(value, path, "must be a list");
  }

  static Map<String, Value> members(Value value, String path) throws ComposeException {
    if (value instanceof Value.Members(var all, _)) {
      return all;
    }
    throw wrong(value, path, "must be a mapping");
  }

  /// A mapping by name.
  static Map<String, Value> sorted(Value value, String path) throws ComposeException {
    return new TreeMap<>(members(value, path));
  }

  private static ArrayNode strings(Value value, String path, boolean unique)
      throws ComposeException {
    ArrayNode all = Json.array();
    var places = new HashMap<String, Integer>();
    for (Value item : items(value, path)) {
      String text = text(item, path + "." + all.size());
      Integer earlier = places.put(text, all.size());
      if (unique && earlier != null) {
        throw wrong(item, path, "array items[" + earlier + "," + all.size() + "] must be unique");
      }
      all.add(text);
    }
    return all;
  }

  private static ArrayNode oneOrMore(Value value, String path, String what)
      throws ComposeException {
    return switch (value) {
      case Value.Scalar(JsonNode json, _) when json.isTextual() ->
          Json.array().add(json.textValue());
      case Value.Items _ -> strings(value, path, true);
      case Value.Scalar _, Value.Members _ -> throw wrong(value, path, what);
    };
  }

  static ObjectNode mapping(Value value, String path, boolean nulls) throws ComposeException {
    var all = new TreeMap<String, JsonNode>();
    JsonNode nothing = nulls ? NODES.nullNode() : NODES.textNode("");
    switch (value) {
      case Value.Members(var members, _) -> {
        for (var each : members.entrySet()) {
          Value inner = each.getValue();
          boolean empty = inner instanceof Value.Scalar(JsonNode json, _) && json.isNull();
          String what = "must be a string, number or null";
          all.put(
              each.getKey(),
              empty ? nothing : NODES.textNode(scalar(inner, path + "." + each.getKey(), what)));
        }
      }
      case Value.Items _ -> {
        for (JsonNode pair : strings(value, path, true)) {
          String text = pair.textValue();
          int equal = text.indexOf('=');
          all.put(
              equal < 0 ? text : text.substring(0, equal),
              equal < 0 ? nothing : NODES.textNode(text.substring(equal + 1)));
        }
      }
      case Value.Scalar _ -> throw wrong(value, path, "must be a mapping or list");
    }
    ObjectNode object = Json.object();
    object.setAll(all);
    return object;
  }

  /// Each item of the same shape.
  static Shape list(Shape item) {
    return (value, path, places) -> {
      ArrayNode all = Json.array();
      int i = 0;
      for (Value each : items(value, path)) {
        String inner = path + "." + i++;
        places.put(inner, each.place());
        JsonNode read = item.read(each, inner, places);
        if (read != null) {
          all.add(read);
        }
      }
      return some(all);
    };
  }

  /// Each value of the same shape; the names are the user's.
  static Shape map(Shape member) {
    return (value, path, places) -> {
      ObjectNode all = Json.object();
      for (var each : sorted(value, path).entrySet()) {
        String inner = path + "." + each.getKey();
        places.put(inner, each.getValue().place());
        JsonNode read = member.read(each.getValue(), inner, places);
        all.set(each.getKey(), read == null ? NODES.nullNode() : read);
      }
      return all;
    };
  }

  /// A mapping with known keys.
  static Known record() {
    return new Known();
  }

  /// Builds the shape of a mapping whose keys are known, in the order in which they are kept.
  static final class Known implements Shape {
    private final LinkedHashMap<String, Shape> known = new LinkedHashMap<>();
    private boolean kept;
    private boolean open;
    private boolean extended;
    private boolean maybeNull;

    private Known() {}

    Known with(String name, Shape shape) {
      known.put(name, shape);
      return this;
    }

    /// It says something even when it is empty.
    Known kept() {
      kept = true;
      return this;
    }

    /// Other keys are no mistake, and are left out.
    Known open() {
      open = true;
      return this;
    }

    /// Keys that begin with `x-` are kept as they are.
    Known extended() {
      extended = true;
      return this;
    }

    /// Null stands for no key at all.
    Known orNull() {
      maybeNull = true;
      return this;
    }

    /// The same with its keys in the order of this shape, those of the user's own last.
    ObjectNode ordered(ObjectNode read) {
      ObjectNode all = Json.object();
      for (String name : known.keySet()) {
        JsonNode value = read.get(name);
        if (value instanceof ObjectNode inner && known.get(name) instanceof Known shape) {
          all.set(name, shape.ordered(inner));
        } else if (value != null) {
          all.set(name, value);
        }
      }
      for (var each : read.properties()) {
        if (!all.has(each.getKey())) {
          all.set(each.getKey(), each.getValue());
        }
      }
      return all;
    }

    @Override
    public @Nullable JsonNode read(Value value, String path, Places places)
        throws ComposeException {
      boolean empty = maybeNull && value instanceof Value.Scalar(JsonNode json, _) && json.isNull();
      Map<String, Value> given = empty ? Map.of() : members(value, path);
      for (var each : given.entrySet()) {
        String name = each.getKey();
        places.put(path.isEmpty() ? name : path + "." + name, each.getValue().place());
        if (!known.containsKey(name) && !open && !(extended && name.startsWith("x-"))) {
          throw wrong(each.getValue(), path, "Additional property " + name + " is not allowed");
        }
      }
      ObjectNode all = Json.object();
      for (var each : known.entrySet()) {
        Value one = given.get(each.getKey());
        if (one == null) {
          continue;
        }
        String inner = path.isEmpty() ? each.getKey() : path + "." + each.getKey();
        JsonNode read = each.getValue().read(one, inner, places);
        if (read != null) {
          all.set(each.getKey(), read);
        }
      }
      if (extended) {
        new TreeMap<>(given)
            .forEach(
                (name, one) -> {
                  if (name.startsWith("x-") && !known.containsKey(name)) {
                    all.set(name, one.json());
                  }
                });
      }
      return all.isEmpty() && !kept ? null : all;
    }
  }
}
