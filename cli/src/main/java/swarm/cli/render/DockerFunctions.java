package swarm.cli.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import swarm.template.Arguments;
import swarm.template.Function;
import swarm.template.Language;
import swarm.template.TemplateException;
import swarm.template.TextFunction;
import swarm.template.Value;

/// What templates of Docker's command can call beside Go's own functions.
final class DockerFunctions {
  private static final int LARGEST = 256 * 1024 * 1024;
  private static final int STEPS = 100_000_000;

  /// What values are shown with.
  static final Language VALUES = new Language("", true, values(), LARGEST, STEPS);

  /// What a table's header is made with: names of columns stay as they are.
  static final Language HEADERS = new Language("", true, headers(), LARGEST, STEPS);

  private DockerFunctions() {}

  private static Map<String, Function> values() {
    var all = new TreeMap<String, Function>();
    all.put("json", arguments -> text(JsonValues.json(Arguments.only("json", arguments))));
    all.put("split", DockerFunctions::split);
    all.put("join", DockerFunctions::join);
    all.put("title", shown("title", DockerFunctions::title));
    all.put("lower", shown("lower", text -> text.toLowerCase(Locale.ROOT)));
    all.put("upper", shown("upper", text -> text.toUpperCase(Locale.ROOT)));
    all.put("pad", DockerFunctions::pad);
    all.put("truncate", DockerFunctions::truncate);
    return all;
  }

  private static Map<String, Function> headers() {
    var all = values();
    for (String one : List.of("json", "title", "lower", "upper")) {
      all.put(one, arguments -> new Value.Text(Arguments.text(Arguments.only(one, arguments))));
    }
    for (String one : List.of("split", "join", "truncate")) {
      all.put(
          one,
          arguments -> {
            Arguments.exactly(one, arguments, 2);
            return new Value.Text(Arguments.text(arguments.getFirst()));
          });
    }
    return all;
  }

  private static Value text(String text) {
    return Value.Text.of(text);
  }

  /// A function of characters, not of bytes.
  private static Function shown(String name, TextFunction function) {
    return Function.ofText(
        name, bytes -> Value.Text.of(function.of(Value.Text.shown(bytes))).bytes());
  }

  /// The first letter of each word as a capital.
  private static String title(String text) {
    var out = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(inside ? c : Character.toTitleCase(c));
      inside = Character.isLetterOrDigit(c) || c == '_' || (c > 0x7f && !Character.isSpaceChar(c));
    }
    return out.toString();
  }

  private static Value split(List<Value> arguments) throws TemplateException {
    Arguments.exactly("split", arguments, 2);
    String text = Arguments.text(arguments.get(0));
    String by = Arguments.text(arguments.get(1));
    var parts = new ArrayList<Value>();
    if (by.isEmpty()) {
      String shown = Value.Text.shown(text);
      shown.codePoints().forEach(c -> parts.add(Value.Text.of(Character.toString(c))));
      return new Value.Items("string", parts);
    }
    int from = 0;
    for (int at = text.indexOf(by); at >= 0; at = text.indexOf(by, from)) {
      parts.add(new Value.Text(text.substring(from, at)));
      from = at + by.length();
    }
    parts.add(new Value.Text(text.substring(from)));
    return new Value.Items("string", parts);
  }

  private static Value join(List<Value> arguments) throws TemplateException {
    Arguments.exactly("join", arguments, 2);
    if (!(arguments.getFirst() instanceof Value.Items list)) {
      throw Arguments.wrong("[]string", arguments.getFirst());
    }
    var parts = new ArrayList<String>();
    for (Value each : list.items()) {
      parts.add(Arguments.text(each));
    }
    return new Value.Text(String.join(Arguments.text(arguments.get(1)), parts));
  }

  private static Value pad(List<Value> arguments) throws TemplateException {
    Arguments.exactly("pad", arguments, 3);
    String text = Arguments.text(arguments.getFirst());
    return new Value.Text(
        text.isEmpty() ? "" : blanks(arguments.get(1)) + text + blanks(arguments.get(2)));
  }

  private static String blanks(Value count) throws TemplateException {
    long blanks = Arguments.number(count);
    if (blanks < 0 || blanks > LARGEST) {
      throw TemplateException.of("error calling pad: " + blanks + " is no count of blanks");
    }
    return " ".repeat((int) blanks);
  }

  private static Value truncate(List<Value> arguments) throws TemplateException {
    Arguments.exactly("truncate", arguments, 2);
    String text = Arguments.text(arguments.getFirst());
    long most = Arguments.number(arguments.get(1));
    if (most < 0) {
      throw TemplateException.of(
          "error calling truncate: runtime error: slice bounds out of range [:" + most + "]");
    }
    return new Value.Text(text.length() <= most ? text : text.substring(0, (int) most));
  }
}
