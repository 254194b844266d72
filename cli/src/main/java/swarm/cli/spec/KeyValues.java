package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `key=value` in its uses: labels, variables, filters, the fields of long options.
public final class KeyValues {
  private KeyValues() {}

  /// An empty JSON object.
  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// What stands before the first `=`.
  public static String key(String pair) {
    int equal = pair.indexOf('=');
    return equal < 0 ? pair : pair.substring(0, equal);
  }

  /// What stands after the first `=`; empty where there is none.
  public static String value(String pair) {
    int equal = pair.indexOf('=');
    return equal < 0 ? "" : pair.substring(equal + 1);
  }

  /// Labels as the API has them; the last of a key wins.
  public static ObjectNode map(List<String> pairs, String option) throws InvalidValueException {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    for (String pair : pairs) {
      if (key(pair).isBlank()) {
        throw InvalidValueException.of(pair, option, "it must be KEY or KEY=VALUE");
      }
      all.put(key(pair), value(pair));
    }
    return all;
  }

  /// Docker's `--filter key=value`, each key with its values.
  public static Map<String, List<String>> filters(List<String> pairs) throws InvalidValueException {
    var all = new LinkedHashMap<String, List<String>>();
    for (String pair : pairs) {
      if (!pair.contains("=") || key(pair).isBlank()) {
        throw InvalidValueException.of(
            pair, "-f, --filter", "invalid filter '" + pair + "'; write it as KEY=VALUE");
      }
      all.computeIfAbsent(key(pair).strip(), _ -> new ArrayList<>()).add(value(pair).strip());
    }
    return all;
  }

  /// Variables from files and options, options last; the last of a name wins and takes its place.
  /// `NAME` alone takes the caller's own value, and is left out where the caller has none.
  ///
  /// @param files the lines of each `--env-file`
  public static List<String> environment(
      List<List<String>> files, List<String> options, Map<String, String> own)
      throws InvalidValueException {
    var all = new LinkedHashMap<String, String>();
    for (List<String> file : files) {
      for (String line : file) {
        String stripped = line.stripLeading();
        if (!stripped.isEmpty() && !stripped.startsWith("#")) {
          put(all, stripped, "--env-file", own);
        }
      }
    }
    for (String option : options) {
      put(all, option, "-e, --env", own);
    }
    return List.copyOf(all.values());
  }

  private static void put(
      Map<String, String> all, String pair, String option, Map<String, String> own)
      throws InvalidValueException {
    String name = key(pair);
    if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
      throw InvalidValueException.of(pair, option, "a variable needs a name without blanks");
    }
    all.remove(name);
    if (pair.contains("=")) {
      all.put(name, pair);
    } else if (own.containsKey(name)) {
      all.put(name, name + "=" + own.get(name));
    }
  }

  /// The fields of a long option (`type=bind,src=/a,"dst=/b,c"`): comma-separated, quoted where a
  /// field has commas. A field without `=` maps to the empty text.
  ///
  /// @param known the fields that there are
  static Map<String, String> fields(String text, String option, Set<String> known)
      throws InvalidValueException {
    var last = new LinkedHashMap<String, String>();
    allFields(text, option, known).forEach((name, values) -> last.put(name, values.getLast()));
    return last;
  }

  /// As [#fields], with every value of a field that may be given many times.
  static Map<String, List<String>> allFields(String text, String option, Set<String> known)
      throws InvalidValueException {
    var all = new LinkedHashMap<String, List<String>>();
    for (String field : commas(text, option)) {
      String name = key(field).toLowerCase(java.util.Locale.ROOT).strip();
      if (!known.contains(name)) {
        throw InvalidValueException.of(
            text,
            option,
            "unexpected key '" + name + "'; known are " + String.join(", ", sorted(known)));
      }
      all.computeIfAbsent(name, _ -> new ArrayList<>()).add(value(field));
    }
    return all;
  }

  private static Set<String> sorted(Set<String> names) {
    return new LinkedHashSet<>(names.stream().sorted().toList());
  }

  private static List<String> commas(String text, String option) throws InvalidValueException {
    var all = new ArrayList<String>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        all.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw InvalidValueException.of(text, option, "a quote is not closed");
    }
    all.add(field.toString());
    return all;
  }
}
