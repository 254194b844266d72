package swarm.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an expression in a template is worth. Texts are bytes, as Go's strings are: each character
/// stands for one.
public sealed interface Value {
  record Text(String bytes) implements Value {
    public static Text of(String text) {
      return new Text(
          new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    /// The bytes as text, for people.
    public static String shown(String bytes) {
      return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
  }

  record Int(long number) implements Value {}

  record Real(double number) implements Value {}

  record Bool(boolean yes) implements Value {}

  /// A pointer to nothing.
  record Nil() implements Value {}

  /// What a map has not.
  record Absent() implements Value {}

  /// @param type of an item, as Go calls it
  record Items(String type, List<Value> items) implements Value {}

  /// Values by key.
  ///
  /// @param type of a value, as Go calls it
  /// @param absent what a key stands for that is not there; null where asking for it is an error
  record Entries(String type, SortedMap<String, Value> entries, @Nullable Value absent)
      implements Value {
    /// Texts by name, all of which must be there that are asked for.
    public static Entries ofTexts(Map<String, String> from) {
      var entries = new TreeMap<String, Value>();
      from.forEach((key, value) -> entries.put(Text.of(key).bytes(), Text.of(value)));
      return new Entries("string", entries, null);
    }
  }

  /// Values by field.
  ///
  /// @param type as Go calls it, for messages
  /// @param fields what is printed of it, in order
  /// @param others what else it answers to: methods, fields by another name
  /// @param opaque whether nobody could want the text of all of it
  record Struct(String type, Map<String, Value> fields, Others others, boolean opaque)
      implements Value {
    public static Struct opaque(String type, Map<String, Value> fields) {
      return new Struct(type, fields, _ -> null, true);
    }

    @Nullable Value field(String name) {
      Value found = fields.get(name);
      return found == null ? others.get(name) : found;
    }
  }

  /// Fields that are not printed.
  @FunctionalInterface
  interface Others {
    @Nullable Value get(String name);
  }

  /// A field that must be called with arguments.
  record Method(Function function) implements Value {}

  /// As Go's `if` asks.
  default boolean truth() {
    return switch (this) {
      case Text text -> !text.bytes().isEmpty();
      case Int value -> value.number() != 0;
      case Real value -> value.number() != 0;
      case Bool value -> value.yes();
      case Nil _, Absent _ -> false;
      case Items list -> !list.items().isEmpty();
      case Entries map -> !map.entries().isEmpty();
      case Struct _, Method _ -> true;
    };
  }

  /// What Go calls its type.
  default String goType() {
    return switch (this) {
      case Text _ -> "string";
      case Int _ -> "int";
      case Real _ -> "float64";
      case Bool _ -> "bool";
      case Nil _, Absent _ -> "<nil>";
      case Items list -> "[]" + list.type();
      case Entries map -> "map[string]" + map.type();
      case Struct object -> object.type();
      case Method _ -> "func";
    };
  }
}
