package swarm.runtime.build;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The values of `ARG` (moby's `builder/dockerfile/buildargs.go`): what is declared so far, over
/// that what the user gave. Confined to one thread.
final class BuildArguments {
  /// Need no declaration, and stay out of the image's history.
  private static final Set<String> BUILT_IN =
      Set.of(
          "HTTP_PROXY",
          "http_proxy",
          "HTTPS_PROXY",
          "https_proxy",
          "FTP_PROXY",
          "ftp_proxy",
          "NO_PROXY",
          "no_proxy",
          "ALL_PROXY",
          "all_proxy");

  /// Says how a build is done, wherever it is declared.
  static final String EPOCH = "SOURCE_DATE_EPOCH";

  private final Map<String, Optional<String>> given;
  private final Map<String, Optional<String>> declared = new TreeMap<>();
  private final Map<String, Optional<String>> before = new TreeMap<>();
  private final Set<String> referenced = new LinkedHashSet<>();

  BuildArguments(Map<String, Optional<String>> given) {
    this.given = given;
  }

  /// For a stage: it knows what was declared before the first stage, but must name what it uses.
  BuildArguments forStage() {
    var stage = new BuildArguments(given);
    stage.before.putAll(before);
    return stage;
  }

  /// `ARG` before the first stage.
  void declareBefore(String name, Optional<String> value) {
    declare(name, value);
    before.put(name, value);
  }

  /// `ARG`.
  void declare(String name, Optional<String> value) {
    declared.put(name, value);
    referenced.add(name);
  }

  /// Names that were declared.
  Set<String> referenced() {
    return referenced;
  }

  /// What `FROM` may name.
  Map<String, String> ofStages() {
    return all(before);
  }

  /// What is declared, with its values.
  Map<String, String> declared() {
    return all(declared);
  }

  /// What a command gets of it: all but what the image's own environment has.
  Map<String, String> beside(Set<String> environment) {
    Map<String, String> all = all(declared);
    all.keySet().removeAll(environment);
    return all;
  }

  /// Whether a value is part of what a command is.
  boolean counts(String name) {
    return declared.containsKey(name) || !BUILT_IN.contains(name);
  }

  private Map<String, String> all(Map<String, Optional<String>> source) {
    var names = new TreeSet<>(source.keySet());
    names.addAll(BUILT_IN);
    var all = new TreeMap<String, String>();
    for (String name : names) {
      value(name, source).ifPresent(value -> all.put(name, value));
    }
    return all;
  }

  private Optional<String> value(String name, Map<String, Optional<String>> source) {
    return given
        .getOrDefault(name, Optional.empty())
        .or(() -> source.getOrDefault(name, Optional.empty()))
        .or(() -> before.getOrDefault(name, Optional.empty()));
  }

  /// The names that the user gave and no instruction declares.
  Set<String> unused(Set<String> used) {
    var all = new TreeSet<>(given.keySet());
    all.removeAll(used);
    all.removeAll(BUILT_IN);
    all.remove(EPOCH);
    return all;
  }
}
