package swarm.node.api.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import swarm.node.api.error.ApiException;

/// The `filters` parameter of one list, whose keys that list knows. A key without values lets
/// everything through, as Docker's does. Immutable.
record Filters(Map<String, Set<String>> values) {
  private static final Set<String> YES = Set.of("1", "true");
  private static final Set<String> NO = Set.of("0", "false");

  /// @throws ApiException where a key is none of `known`
  static Filters of(Map<String, Set<String>> given, Set<String> known) throws ApiException {
    for (String key : given.keySet()) {
      if (!known.contains(key)) {
        throw ApiException.bad("invalid filter '" + key + "'");
      }
    }
    return new Filters(given);
  }

  /// What a filter with one of these values is refused with.
  static ApiException invalid(String key, String value) {
    return ApiException.bad("invalid filter '" + key + "=" + value + "'");
  }

  boolean has(String key) {
    return !get(key).isEmpty();
  }

  Set<String> get(String key) {
    return values.getOrDefault(key, Set.of());
  }

  /// Whether one of the values passes, or there is none.
  boolean any(String key, Predicate<String> test) {
    return !has(key) || get(key).stream().anyMatch(test);
  }

  /// Whether labels have each of the values, `key` or `key=value`.
  boolean labels(String key, Map<String, String> labels) {
    return get(key).stream().allMatch(wanted -> label(labels, wanted));
  }

  /// As [#labels], but a value that is empty asks for the key alone, as swarmkit reads it.
  boolean swarmLabels(String key, Map<String, String> labels) {
    return get(key).stream()
        .allMatch(w -> label(labels, w.endsWith("=") ? w.replaceFirst("=$", "") : w));
  }

  /// Whether labels have `key` or `key=value`.
  static boolean label(Map<String, String> labels, String wanted) {
    int equal = wanted.indexOf('=');
    return equal < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equal + 1).equals(labels.get(wanted.substring(0, equal)));
  }

  /// Yes or no; empty where nothing is asked.
  ///
  /// @throws ApiException for anything else, and for both at once
  Optional<Boolean> flag(String key) throws ApiException {
    if (!values.containsKey(key)) {
      return Optional.empty();
    }
    if (!has(key)) {
      throw ApiException.bad("invalid filter '" + key + "'");
    }
    boolean yes = get(key).stream().anyMatch(YES::contains);
    boolean no = get(key).stream().anyMatch(NO::contains);
    if (yes == no) {
      throw invalid(key, "[" + String.join(" ", get(key)) + "]");
    }
    return Optional.of(yes);
  }

  /// Refuses a value that is none of `known`.
  void require(String key, Set<String> known) throws ApiException {
    for (String value : get(key)) {
      if (!known.contains(value)) {
        throw invalid(key, value);
      }
    }
  }

  /// Whether a name is `wanted`, or has something in it that `wanted` describes as a regular
  /// expression, in Go's syntax as Docker takes it (RE2: linear in the name's length whatever the
  /// expression). One that cannot be read describes nothing.
  static boolean matchesName(String name, String wanted) {
    if (name.equals(wanted)) {
      return true;
    }
    try {
      return Pattern.compile(wanted).matcher(name).find();
    } catch (PatternSyntaxException _) {
      return false;
    }
  }
}
