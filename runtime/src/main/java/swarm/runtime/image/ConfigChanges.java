package swarm.runtime.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        for (String port : value.split("\\s+")) {
          expose(port);
        }
      }
      case "VOLUME" -> {
        for (String name : value.startsWith("[") ? strings(value) : words(value)) {
          object("Volumes").putObject(name);
        }
      }
      case "USER" -> config.put("User", value);
      case "WORKDIR" -> config.put("WorkingDir", folder(value));
      case "STOPSIGNAL" -> {
        if (Signals.number(value).isEmpty()) {
          throw invalid(change);
        }
        config.put("StopSignal", value);
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

  private static JsonNode command(String value) throws ImageException {
    return value.startsWith("[")
        ? ImageStore.JSON.valueToTree(strings(value))
        : ImageStore.JSON.createArrayNode().add("/bin/sh").add("-c").add(value);
  }

  /// A JSON array of texts.
  static List<String> strings(String value) throws ImageException {
    try {
      var all = new ArrayList<String>();
      for (JsonNode word : ImageStore.JSON.readTree(value)) {
        if (!word.isTextual()) {
          throw invalid(value);
        }
        all.add(word.asText());
      }
      return all;
    } catch (JsonProcessingException _) {
      throw invalid(value);
    }
  }

  private static List<String> pairs(String value) throws ImageException {
    List<String> words = words(value);
    if (!words.getFirst().contains("=")) { // the old form: the rest is the value
      String[] parts = value.split("\\s+", 2);
      if (parts.length < 2) {
        throw invalid(value);
      }
      return List.of(parts[0] + "=" + parts[1]);
    }
    for (String word : words) {
      if (word.indexOf('=') < 1) {
        throw invalid(value);
      }
    }
    return words;
  }

  /// Words parted by blanks; quotes and backslashes join, as a Dockerfile has it.
  static List<String> words(String text) throws ImageException {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        i++;
        word.append(text.charAt(i));
        begun = true;
      } else if (c == quote || (quote == 0 && (c == '"' || c == '\''))) {
        quote = quote == 0 ? c : 0;
        begun = true;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quote != 0) {
      throw invalid(text);
    }
    if (begun) {
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
