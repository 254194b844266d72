package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.cli.client.Json;

/// Resolves what a service takes from its surroundings: files of variables, the caller's variables,
/// and paths of bind mounts.
final class ServiceFiles {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ComposeLoader.Source source;
  private final Shape.Places places;
  private final String path;

  ServiceFiles(ComposeLoader.Source source, Shape.Places places, String path) {
    this.source = source;
    this.places = places;
    this.path = path;
  }

  void resolve(ObjectNode service) throws ComposeException {
    var environment = new TreeMap<String, JsonNode>();
    for (JsonNode file : service.path("env_file")) {
      try {
        lines(file.textValue()).forEach((name, value) -> put(environment, name, value));
      } catch (ComposeException e) {
        throw places.failure(path + ".env_file", e.reason());
      }
    }
    for (var each : service.path("environment").properties()) {
      put(environment, each.getKey(), each.getValue());
    }
    if (!environment.isEmpty()) {
      // where it stood; a new one comes last, and where a key stands means nothing
      service.set("environment", Json.object().setAll(environment));
    }
    int i = 0;
    for (JsonNode volume : service.path("volumes")) {
      String inner = path + ".volumes." + i++;
      if (volume instanceof ObjectNode object && object.path("type").asText().equals("bind")) {
        bind(object, inner);
      }
    }
  }

  /// A variable without a value takes the caller's.
  private void put(Map<String, JsonNode> all, String name, JsonNode value) {
    String own = source.environment().get(name);
    boolean open = value.isNull() || value.asText().isEmpty();
    all.put(name, open && own != null ? NODES.textNode(own) : value);
  }

  private Map<String, JsonNode> lines(String file) throws ComposeException {
    var all = new TreeMap<String, JsonNode>();
    byte[] bytes = source.read(file);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new ComposeException("invalid env file (" + file + "): it is not UTF-8");
    }
    List<String> lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
    for (String raw : lines) {
      String line = raw.stripLeading();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equal = line.indexOf('=');
      String name = equal < 0 ? line : line.substring(0, equal);
      if (name.isEmpty()) {
        throw new ComposeException(
            "invalid env file (" + file + "): no variable name on line '" + line + "'");
      }
      if (name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0) {
        throw new ComposeException(
            "invalid env file (" + file + "): variable '" + name + "' contains whitespaces");
      }
      if (equal >= 0) {
        all.put(name, NODES.textNode(line.substring(equal + 1)));
      } else if (source.environment().containsKey(line)) {
        all.put(name, NODES.textNode(source.environment().get(line)));
      }
    }
    return all;
  }

  private void bind(ObjectNode volume, String inner) throws ComposeException {
    String from = volume.path("source").asText("");
    if (from.isEmpty()) {
      throw places.failure(
          inner, "invalid mount config for type \"bind\": field Source must not be empty");
    }
    String home = source.environment().get("HOME");
    String expanded = from.startsWith("~") && home != null ? home + from.substring(1) : from;
    boolean windows =
        expanded.startsWith("\\\\")
            || (expanded.length() > 2 && expanded.charAt(1) == ':' && expanded.charAt(2) == '\\');
    if (!expanded.startsWith("/") && !windows) {
      try {
        expanded = source.resolve(expanded).toString();
      } catch (ComposeException e) {
        throw places.failure(inner, e.reason());
      }
    }
    volume.put("source", expanded);
  }
}
