package swarm.cli.command;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The daemon's configuration file: a JSON object whose keys are the daemon's options. What is not
/// meant to be there is refused: a key with a slip in it would else be a setting that silently does
/// not hold.
///
/// @param texts what is set to a text
/// @param lists what is set to a list of texts
/// @param switches what is set to true or false
record ConfigFile(
    Map<String, String> texts, Map<String, List<String>> lists, Map<String, Boolean> switches) {
  /// Keys of options with one value, named as the options are.
  static final List<String> TEXTS =
      List.of(
          "cgroup-parent",
          "data-root",
          "exec-root",
          "log-format",
          "log-level",
          "pidfile",
          "tlscacert",
          "tlscert",
          "tlskey");

  /// Keys of options that may be given many times, named as in Docker's `daemon.json`.
  static final List<String> LISTS =
      List.of(
          "hosts",
          "insecure-registries",
          "labels",
          "node-generic-resources",
          "registry-mirrors",
          "runtimes");

  /// Keys of options that are given or not.
  static final List<String> SWITCHES = List.of("manage-firewall", "rehearse", "tlsverify");

  static final ConfigFile EMPTY = new ConfigFile(Map.of(), Map.of(), Map.of());

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /// @param source the file's name, for messages
  /// @throws IOException with a sentence that names the key, its value and what is allowed
  static ConfigFile parse(String source, String content) throws IOException {
    if (content.isBlank()) {
      return EMPTY;
    }
    JsonNode root = tree(source, content);
    if (!root.isObject()) {
      throw new IOException(
          source + " must hold a JSON object, such as {\"log-level\": \"debug\"}, not " + root);
    }
    var texts = new HashMap<String, String>();
    var lists = new HashMap<String, List<String>>();
    var switches = new HashMap<String, Boolean>();
    for (Map.Entry<String, JsonNode> member : root.properties()) {
      String key = member.getKey();
      JsonNode value = member.getValue();
      if (TEXTS.contains(key)) {
        if (!value.isTextual()) {
          throw mistake(source, key, value, "must be a text in double quotes");
        }
        texts.put(key, value.textValue());
      } else if (LISTS.contains(key)) {
        lists.put(key, list(source, key, value));
      } else if (SWITCHES.contains(key)) {
        if (!value.isBoolean()) {
          throw mistake(source, key, value, "must be true or false");
        }
        switches.put(key, value.booleanValue());
      } else {
        throw mistake(source, key, value, "is no option of the daemon; there are " + keys());
      }
    }
    return new ConfigFile(texts, lists, switches);
  }

  private static JsonNode tree(String source, String content) throws IOException {
    try {
      return JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw new IOException(
          source
              + " is not one JSON object: line "
              + e.getLocation().getLineNr()
              + ": "
              + e.getOriginalMessage(),
          e);
    }
  }

  private static List<String> list(String source, String key, JsonNode value) throws IOException {
    var all = new ArrayList<String>();
    for (JsonNode item : value) {
      if (value.isArray() && item.isTextual()) {
        all.add(item.textValue());
      }
    }
    if (!value.isArray() || all.size() != value.size()) {
      throw mistake(source, key, value, "must be a list of texts, such as [\"a\", \"b\"]");
    }
    return all;
  }

  private static IOException mistake(String source, String key, JsonNode value, String what) {
    return new IOException(source + ": \"" + key + "\" (set to " + value + ") " + what);
  }

  private static String keys() {
    var all = new TreeSet<>(TEXTS);
    all.addAll(LISTS);
    all.addAll(SWITCHES);
    return String.join(", ", all);
  }
}
