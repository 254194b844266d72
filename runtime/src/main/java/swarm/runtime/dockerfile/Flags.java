package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The flags of one instruction, in Docker's words where one is wrong. Pure.
final class Flags {
  private final Map<String, String> values;
  private final List<String> used;

  private Flags(Map<String, String> values) {
    this.values = values;
    this.used = new ArrayList<>(values.keySet());
  }

  /// @param texts flags with a value
  /// @param switches flags that are true or false
  static Flags read(List<String> given, Set<String> texts, Set<String> switches)
      throws DockerfileException {
    var values = new LinkedHashMap<String, String>();
    for (String word : given) {
      int equal = word.indexOf('=');
      String name = word.substring(2, equal < 0 ? word.length() : equal);
      if (!texts.contains(name) && !switches.contains(name)) {
        throw new DockerfileException("unknown flag: --" + name);
      }
      if (texts.contains(name) && equal < 0) {
        throw new DockerfileException("missing a value on flag: --" + name);
      }
      String value = equal < 0 ? "true" : word.substring(equal + 1);
      if (values.put(name, switches.contains(name) ? truth(name, value) : value) != null) {
        throw new DockerfileException("duplicate flag specified: --" + name);
      }
    }
    return new Flags(values);
  }

  private static String truth(String name, String value) throws DockerfileException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> "true";
      case "false" -> "false";
      case "" -> throw new DockerfileException("missing a value on flag: --" + name);
      default ->
          throw new DockerfileException(
              "expecting boolean value for flag --" + name + ", not: " + value);
    };
  }

  /// Empty where it is not given.
  String text(String name) {
    return values.getOrDefault(name, "");
  }

  /// Those that were given.
  List<String> used() {
    return used;
  }
}
