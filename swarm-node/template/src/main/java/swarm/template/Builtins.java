package swarm.template;

import java.util.List;
import java.util.Set;

/// The functions that every template has.
final class Builtins {
  private static final Set<String> NAMES =
      Set.of("and", "or", "not", "len", "index", "print", "println", "printf", "eq", "ne");

  /// What only the whole language has of them.
  static final Set<String> WHOLE =
      Set.of("call", "html", "js", "slice", "urlquery", "lt", "le", "gt", "ge");

  private Builtins() {}

  static boolean has(String name) {
    return NAMES.contains(name) || WHOLE.contains(name);
  }

  /// `and` and `or` are not among them: they do not look at all their arguments.
  ///
  /// @param whole whether `printf` has every format
  static Value call(String function, List<Value> arguments, boolean whole)
      throws TemplateException {
    return switch (function) {
      case "not" -> new Value.Bool(!Arguments.only(function, arguments).truth());
      case "len" -> new Value.Int(length(Arguments.only(function, arguments)));
      case "index" -> index(arguments);
      case "slice" -> slice(arguments);
      case "print" -> new Value.Text(Printing.print(arguments));
      case "println" -> new Value.Text(Printing.println(arguments));
      case "printf" -> {
        Arguments.atLeast(function, arguments, 1);
        yield new Value.Text(Printf.of(arguments, whole));
      }
      case "html", "js", "urlquery" -> new Value.Text(Escapes.of(function, arguments));
      case "eq", "ne", "lt", "le", "gt", "ge" ->
          new Value.Bool(Comparisons.of(function, arguments));
      case "call" -> throw TemplateException.of("error calling call: there is no function to call");
      default -> throw TemplateException.of("function \"" + function + "\" not defined");
    };
  }

  private static long length(Value value) throws TemplateException {
    return switch (value) {
      case Value.Text text -> text.bytes().length();
      case Value.Items list -> list.items().size();
      case Value.Entries map -> map.entries().size();
      case Value.Nil _, Value.Absent _ ->
          throw TemplateException.of("error calling len: len of nil pointer");
      case Value.Int _, Value.Real _, Value.Bool _, Value.Struct _, Value.Method _ ->
          throw TemplateException.of("error calling len: len of type " + value.goType());
    };
  }

  /// What a map of texts lacks is an empty text, as Go has it.
  private static Value index(List<Value> arguments) throws TemplateException {
    Arguments.atLeast("index", arguments, 1);
    Value value = arguments.getFirst();
    for (Value key : arguments.subList(1, arguments.size())) {
      value =
          switch (value) {
            case Value.Entries map when key instanceof Value.Text(String name) ->
                map.entries()
                    .getOrDefault(
                        name,
                        map.type().equals("string") ? new Value.Text("") : new Value.Absent());
            case Value.Entries _ -> throw wrongKey("string", key);
            case Value.Text text when key instanceof Value.Int(long at) ->
                new Value.Int(text.bytes().charAt(within(at, text.bytes().length())));
            case Value.Items list when key instanceof Value.Int(long at) ->
                list.items().get(within(at, list.items().size()));
            case Value.Items _, Value.Text _ ->
                throw TemplateException.of(
                    "error calling index: cannot index slice/array with type " + key.goType());
            case Value.Nil _, Value.Absent _ ->
                throw TemplateException.of("error calling index: index of untyped nil");
            case Value.Int _, Value.Real _, Value.Bool _, Value.Struct _, Value.Method _ ->
                throw TemplateException.of(
                    "error calling index: can't index item of type " + value.goType());
          };
    }
    return value;
  }

  private static TemplateException wrongKey(String expected, Value key) {
    return TemplateException.of(
        "error calling index: value has type " + key.goType() + "; should be " + expected);
  }

  private static int within(long at, int size) throws TemplateException {
    if (at < 0 || at >= size) {
      throw TemplateException.of("error calling index: index out of range: " + at);
    }
    return (int) at;
  }

  private static Value slice(List<Value> arguments) throws TemplateException {
    Arguments.atLeast("slice", arguments, 1);
    Value value = arguments.getFirst();
    int size =
        switch (value) {
          case Value.Text text -> text.bytes().length();
          case Value.Items list -> list.items().size();
          case Value.Nil _, Value.Absent _ ->
              throw TemplateException.of("error calling slice: slice of untyped nil");
          case Value.Int _,
              Value.Real _,
              Value.Bool _,
              Value.Entries _,
              Value.Struct _,
              Value.Method _ ->
              throw TemplateException.of(
                  "error calling slice: can't slice item of type " + value.goType());
        };
    int most = value instanceof Value.Text ? 3 : 4;
    if (arguments.size() > most) {
      throw TemplateException.of(
          value instanceof Value.Text
              ? "error calling slice: cannot 3-index slice a string"
              : "error calling slice: too many slice indexes: " + (arguments.size() - 1));
    }
    int from = arguments.size() > 1 ? bound(arguments.get(1), size) : 0;
    int to = arguments.size() > 2 ? bound(arguments.get(2), size) : size;
    if (from > to) {
      throw TemplateException.of("error calling slice: invalid slice index: " + from + " > " + to);
    }
    return value instanceof Value.Items(String type, List<Value> items)
        ? new Value.Items(type, items.subList(from, to))
        : new Value.Text(Arguments.text(value).substring(from, to));
  }

  private static int bound(Value index, int size) throws TemplateException {
    if (!(index instanceof Value.Int(long at))) {
      throw TemplateException.of(
          "error calling slice: cannot index slice/array with type " + index.goType());
    }
    if (at < 0 || at > size) {
      throw TemplateException.of("error calling slice: index out of range: " + at);
    }
    return (int) at;
  }
}
