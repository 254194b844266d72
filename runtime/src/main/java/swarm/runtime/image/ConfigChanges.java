package swarm.runtime.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.oci.Signals;

/// Dockerfile instructions that change an image's configuration (`import --change`, `commit
/// --change`): `CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL ONBUILD STOPSIGNAL USER VOLUME
/// WORKDIR`. Confined to one thread.
final class ConfigChanges {
  private static final Pattern PORT =
      Pattern.compile("([1-9]\\d{0,4})(?:-([1-9]\\d{0,4}))?(/(?:tcp|udp|sctp))?");
  private static final int MAX_PORT = 65_535;
  private static final Set<String> NOT_ON_BUILD = Set.of("FROM", "MAINTAINER", "ONBUILD");

  private final ObjectNode config;
  private boolean commandSet;

  private ConfigChanges(ObjectNode config) {
    this.config = config;
  }

  /// Applies instructions in order.
  ///
  /// @param config to be changed
  /// @throws ImageException with the first that cannot be read
  static void apply(ObjectNode config, List<String> changes) throws ImageException {
    var all = new ConfigChanges(config);
    for (String change : changes) {
      all.apply(change.strip());
    }
  }

  private void apply(String change) throws ImageException {
    String[] parts = change.split("\\s+", 2);
    if (parts.length < 2 || parts[1].isBlank()) {
      throw invalid(change);
    }
    String value = parts[1].strip();
    switch (parts[0].toUpperCase(Locale.ROOT)) {
      case "CMD" -> {
        config.set("Cmd", command(value));
        commandSet = true;
      }
      case "ENTRYPOINT" -> {
        config.set("Entrypoint", command(value));
        if (!commandSet) {
          config.remove("Cmd"); // it was meant for another entry point
        }
      }
      case "ENV" -> {
        for (String pair : pairs(value)) {
          environment(pair);
        }
      }
      case "LABEL" -> {
        for (String pair : pairs(value)) {
          int equal = pair.indexOf('=');
          object("Labels").put(pair.substring(0, equal), pair.substring(equal + 1));
        }
      }
      case "EXPOSE" -> {
        for (String word : value.split("\\s+")) {
          for (String port : DockerfileWords.split(word, variables())) {
            expose(port);
          }
        }
      }
      case "VOLUME" -> {
        Optional<List<String>> list = strings(value);
        for (String name : list.orElse(List.of(value.split("\\s+")))) {
          object("Volumes").putObject(DockerfileWords.whole(name, variables()));
        }
      }
      case "USER" -> config.put("User", DockerfileWords.whole(value, variables()));
      case "WORKDIR" -> config.put("WorkingDir", folder(DockerfileWords.whole(value, variables())));
      case "STOPSIGNAL" -> {
        String signal = DockerfileWords.whole(value, variables());
        if (Signals.number(signal).isEmpty()) {
          throw invalid(change);
        }
        config.put("StopSignal", signal);
      }
      case "ONBUILD" -> {
        if (NOT_ON_BUILD.contains(value.split("\\s+")[0].toUpperCase(Locale.ROOT))) {
          throw invalid(change);
        }
        array("OnBuild").add(value);
      }
      case "HEALTHCHECK" -> config.set("Healthcheck", HealthCheckChange.read(value));
      default -> throw invalid(change);
    }
  }

  /// Null is as good as nothing in a configuration that came from elsewhere.
  private ObjectNode object(String name) {
    return config.path(name) instanceof ObjectNode node ? node : config.putObject(name);
  }

  private ArrayNode array(String name) {
    return config.path(name) instanceof ArrayNode node ? node : config.putArray(name);
  }

  private void environment(String pair) {
    String name = pair.substring(0, pair.indexOf('=') + 1);
    ArrayNode all = array("Env");
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).asText().startsWith(name)) {
        all.set(i, pair);
        return;
      }
    }
    all.add(pair);
  }

  private void expose(String text) throws ImageException {
    Matcher m = PORT.matcher(text);
    if (!m.matches()) {
      throw invalid(text);
    }
    int first = Integer.parseInt(m.group(1));
    int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
    if (last > MAX_PORT || last < first) {
      throw invalid(text);
    }
    for (int port = first; port <= last; port++) {
      object("ExposedPorts").putObject(port + (m.group(3) == null ? "/tcp" : m.group(3)));
    }
  }

  /// One that is not absolute is meant within the one before.
  private String folder(String value) {
    String before = config.path("WorkingDir").asText("");
    String path = value.startsWith("/") ? value : before + "/" + value;
    return TreePaths.clean(path);
  }

  /// A program as a JSON array, or a line for the shell; what only begins as an array is one, too.
  private static JsonNode command(String value) throws ImageException {
    Optional<List<String>> list = strings(value);
    return list.isPresent()
        ? ImageStore.JSON.valueToTree(list.get())
        : ImageStore.JSON.createArrayNode().add("/bin/sh").add("-c").add(value);
  }

  /// A JSON array of texts; empty where it is no JSON array at all.
  ///
  /// @throws ImageException for an array of something else
  static Optional<List<String>> strings(String value) throws ImageException {
    if (!value.startsWith("[")) {
      return Optional.empty();
    }
    try {
      var all = new ArrayList<String>();
      for (JsonNode word : ImageStore.JSON.readTree(value)) {
        if (!word.isTextual()) {
          throw invalid(value);
        }
        all.add(word.asText());
      }
      return Optional.of(all);
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  /// What instructions may name: the environment so far.
  private Map<String, String> variables() {
    var all = new HashMap<String, String>();
    for (JsonNode variable : config.path("Env")) {
      String text = variable.asText();
      int equal = text.indexOf('=');
      if (equal > 0) {
        all.put(text.substring(0, equal), text.substring(equal + 1));
      }
    }
    return all;
  }

  private List<String> pairs(String value) throws ImageException {
    List<String> words = words(value);
    if (!words.getFirst().contains("=")) { // the old form: the rest is the value
      String[] parts = value.split("\\s+", 2);
      if (parts.length < 2) {
        throw invalid(value);
      }
      return List.of(parts[0] + "=" + DockerfileWords.whole(parts[1], variables()));
    }
    var all = new ArrayList<String>();
    for (String word : words) {
      if (word.indexOf('=') < 1) {
        throw invalid(value);
      }
      all.add(DockerfileWords.whole(word, variables()));
    }
    return all;
  }

  /// Words parted by blanks outside of quotes; quotes and backslashes stay.
  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (!word.isEmpty()) {
          words.add(word.toString());
        }
        word.setLength(0);
        continue;
      }
      word.append(c);
      if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        i++;
        word.append(text.charAt(i));
      } else if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  static ImageException invalid(String change) {
    return new ImageException(
        ImageException.Kind.INVALID,
        "'"
            + change
            + "' is not a valid change command; use CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK,"
            + " LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR with a value");
  }
}
