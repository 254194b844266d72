package swarm.node.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/// The functions that every template has: those of Go's that make sense of texts, and swarmkit's
/// `join`.
final class Builtins {
  static final Set<String> NAMES =
      Set.of("and", "or", "not", "len", "index", "print", "println", "printf", "eq", "ne", "join");

  /// Go's templates have these, too.
  static final Set<String> UNDONE =
      Set.of("call", "html", "js", "slice", "urlquery", "lt", "le", "gt", "ge");

  private Builtins() {}

  /// `and` and `or` are not among them: they do not look at all their arguments.
  static Value call(String function, List<Value> arguments) throws TemplateException {
    return switch (function) {
      case "not" -> new Value.Bool(!only(function, arguments).truth());
      case "len" -> new Value.Int(length(only(function, arguments)));
      case "index" -> index(arguments);
      case "print" -> new Value.Text(print(arguments));
      case "println" -> new Value.Text(println(arguments));
      case "printf" -> new Value.Text(printf(arguments));
      case "eq" -> {
        atLeast(function, arguments, 2);
        boolean found = false;
        for (Value each : arguments.subList(1, arguments.size())) {
          found |= equal(arguments.getFirst(), each);
        }
        yield new Value.Bool(found);
      }
      case "ne" -> {
        atLeast(function, arguments, 2);
        yield new Value.Bool(!equal(arguments.get(0), arguments.get(1)));
      }
      case "join" -> join(arguments);
      default -> throw TemplateException.of("function \"" + function + "\" not defined");
    };
  }

  /// The one argument of a function.
  static Value only(String function, List<Value> arguments) throws TemplateException {
    if (arguments.size() != 1) {
      throw TemplateException.of(
          "wrong number of args for " + function + ": want 1 got " + arguments.size());
    }
    return arguments.getFirst();
  }

  private static void atLeast(String function, List<Value> arguments, int least)
      throws TemplateException {
    if (arguments.size() < least) {
      throw TemplateException.of(
          "wrong number of args for "
              + function
              + ": want at least "
              + least
              + " got "
              + arguments.size());
    }
  }

  private static boolean equal(Value a, Value b) throws TemplateException {
    if (!a.goType().equals(b.goType()) || a instanceof Value.Texts || a instanceof Value.Struct) {
      throw TemplateException.of("error calling eq: incompatible types for comparison");
    }
    return a.equals(b);
  }

  private static long length(Value value) throws TemplateException {
    return switch (value) {
      case Value.Text text -> text.bytes().length();
      case Value.Texts texts -> texts.entries().size();
      case Value.Int _, Value.Bool _, Value.Struct _ ->
          throw TemplateException.of("error calling len: len of type " + value.goType());
    };
  }

  /// What a map lacks is an empty text, as Go has it.
  private static Value index(List<Value> arguments) throws TemplateException {
    atLeast("index", arguments, 1);
    Value value = arguments.getFirst();
    for (Value key : arguments.subList(1, arguments.size())) {
      value =
          switch (value) {
            case Value.Texts texts when key instanceof Value.Text name ->
                texts.entries().getOrDefault(name.bytes(), new Value.Text(""));
            case Value.Text text when key instanceof Value.Int(long at) -> {
              if (at < 0 || at >= text.bytes().length()) {
                throw TemplateException.of("error calling index: index out of range: " + at);
              }
              yield new Value.Int(text.bytes().charAt((int) at));
            }
            case Value.Text _, Value.Texts _, Value.Int _, Value.Bool _, Value.Struct _ ->
                throw TemplateException.of(
                    "error calling index: can't index " + value.goType() + " with " + key.goType());
          };
    }
    return value;
  }

  /// Spaces go between two that are no texts.
  private static String print(List<Value> arguments) throws TemplateException {
    var all = new StringBuilder();
    boolean text = true;
    for (Value each : arguments) {
      boolean isText = each instanceof Value.Text;
      all.append(text || isText ? "" : " ").append(each.print());
      text = isText;
    }
    return all.toString();
  }

  private static String println(List<Value> arguments) throws TemplateException {
    var all = new StringBuilder();
    for (Value each : arguments) {
      all.append(all.isEmpty() ? "" : " ").append(each.print());
    }
    return all.append('\n').toString();
  }

  private static Value join(List<Value> arguments) throws TemplateException {
    atLeast("join", arguments, 1);
    var texts = new java.util.ArrayList<String>();
    for (Value each : arguments) {
      texts.add(text("join", each));
    }
    return new Value.Text(String.join(texts.getFirst(), texts.subList(1, texts.size())));
  }

  /// A function's argument that must be a text.
  static String text(String function, Value value) throws TemplateException {
    if (value instanceof Value.Text(String bytes)) {
      return bytes;
    }
    throw TemplateException.of(
        "error calling " + function + ": wrong type; expected string, got " + value.goType());
  }

  private static String printf(List<Value> arguments) throws TemplateException {
    atLeast("printf", arguments, 1);
    String format = text("printf", arguments.getFirst());
    var all = new StringBuilder();
    int next = 1;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        all.append(c);
        continue;
      }
      char verb = ++i < format.length() ? format.charAt(i) : ' ';
      if (verb == '%') {
        all.append('%');
        continue;
      }
      if ("svqd".indexOf(verb) < 0) {
        throw TemplateException.unimplemented("'%" + verb + "' of 'printf' in a template");
      }
      if (next >= arguments.size()) {
        throw TemplateException.of("error calling printf: %" + verb + " has no argument");
      }
      all.append(formatted(verb, arguments.get(next++)));
    }
    if (next < arguments.size()) {
      throw TemplateException.of("error calling printf: more arguments than its format asks for");
    }
    return all.toString();
  }

  private static String formatted(char verb, Value value) throws TemplateException {
    if (verb == 'd' && !(value instanceof Value.Int)) {
      throw TemplateException.of("error calling printf: %d of a " + value.goType());
    }
    String text = value.print();
    return verb == 'q' ? quoted(text) : text;
  }

  private static String quoted(String bytes) {
    var all = new StringBuilder("\"");
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      switch (c) {
        case '"', '\\' -> all.append('\\').append(c);
        case '\n' -> all.append("\\n");
        case '\r' -> all.append("\\r");
        case '\t' -> all.append("\\t");
        default -> all.append(c < ' ' || c == 0x7f ? "\\x%02x".formatted((int) c) : "" + c);
      }
    }
    return all.append('"').toString();
  }

  /// Bytes as text, for people.
  static String shown(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
