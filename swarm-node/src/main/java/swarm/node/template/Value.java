package swarm.node.template;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an expression in a template is worth. Texts are bytes, as Go's strings are: each character
/// stands for one.
sealed interface Value {
  record Text(String bytes) implements Value {
    static Text of(String text) {
      return new Text(
          new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }
  }

  record Int(long number) implements Value {}

  record Bool(boolean yes) implements Value {}

  /// Texts by name.
  record Texts(SortedMap<String, Text> entries) implements Value {
    static Texts of(Map<String, String> from) {
      var entries = new TreeMap<String, Text>();
      from.forEach((key, value) -> entries.put(Text.of(key).bytes(), Text.of(value)));
      return new Texts(entries);
    }
  }

  /// Values by field.
  ///
  /// @param type as swarmkit calls it, for error messages
  record Struct(String type, Map<String, Value> fields) implements Value {}

  /// As Go's `if` asks.
  default boolean truth() {
    return switch (this) {
      case Text text -> !text.bytes().isEmpty();
      case Int value -> value.number() != 0;
      case Bool value -> value.yes();
      case Texts texts -> !texts.entries().isEmpty();
      case Struct _ -> true;
    };
  }

  /// As Go's `%v` prints it.
  ///
  /// @throws TemplateException for an object, whose text nobody could want
  default String print() throws TemplateException {
    return switch (this) {
      case Text text -> text.bytes();
      case Int value -> Long.toString(value.number());
      case Bool value -> Boolean.toString(value.yes());
      case Texts texts -> {
        var all = new StringBuilder("map[");
        texts
            .entries()
            .forEach(
                (key, value) ->
                    all.append(all.length() > 4 ? " " : "")
                        .append(key)
                        .append(':')
                        .append(value.bytes()));
        yield all.append(']').toString();
      }
      case Struct object ->
          throw TemplateException.unimplemented(
              "printing all of a " + object.type() + " in a template");
    };
  }

  /// What Go calls its type.
  default String goType() {
    return switch (this) {
      case Text _ -> "string";
      case Int _ -> "int";
      case Bool _ -> "bool";
      case Texts _ -> "map[string]string";
      case Struct object -> object.type();
    };
  }
}
