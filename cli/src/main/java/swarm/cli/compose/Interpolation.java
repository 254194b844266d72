package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Puts the values of variables into a file's texts: `$NAME`, `${NAME}`, `${NAME:-default}`,
/// `${NAME-default}`, `${NAME:?error}`, `${NAME?error}`, `${NAME:+other}`, `${NAME+other}`; `$$` is
/// a dollar. Defaults may hold variables again.
final class Interpolation {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// What a text with a variable in it becomes at some places.
  private enum Cast {
    WHOLE,
    DECIMAL,
    TRUTH
  }

  /// Parts of a path, `*` for any; as Docker's list has them.
  private static final Map<Pattern, Cast> CASTS = casts();

  private static Map<Pattern, Cast> casts() {
    var all = new LinkedHashMap<Pattern, Cast>();
    for (String path :
        List.of(
            "configs.[].mode",
            "secrets.[].mode",
            "healthcheck.retries",
            "deploy.replicas",
            "deploy.update_config.parallelism",
            "deploy.rollback_config.parallelism",
            "deploy.restart_policy.max_attempts",
            "deploy.placement.max_replicas_per_node",
            "ports.[].target",
            "ports.[].published",
            "ulimits.*",
            "ulimits.*.hard",
            "ulimits.*.soft",
            "oom_score_adj")) {
      all.put(pattern("services.*." + path), Cast.WHOLE);
    }
    for (String way : List.of("update_config", "rollback_config")) {
      all.put(pattern("services.*.deploy." + way + ".max_failure_ratio"), Cast.DECIMAL);
    }
    for (String path :
        List.of(
            "services.*.healthcheck.disable",
            "services.*.init",
            "services.*.privileged",
            "services.*.read_only",
            "services.*.stdin_open",
            "services.*.tty",
            "services.*.volumes.[].read_only",
            "services.*.volumes.[].volume.nocopy",
            "networks.*.external",
            "networks.*.internal",
            "networks.*.attachable",
            "volumes.*.external",
            "secrets.*.external",
            "configs.*.external")) {
      all.put(pattern(path), Cast.TRUTH);
    }
    return all;
  }

  private static Pattern pattern(String path) {
    return Pattern.compile(path.replace(".", "\0").replace("[]", "\\[\\]").replace("*", "[^\0]*"));
  }

  private final Map<String, String> environment;

  private Interpolation(Map<String, String> environment) {
    this.environment = environment;
  }

  static Value.Members apply(Value.Members file, Map<String, String> environment)
      throws ComposeException {
    return new Interpolation(environment).members(file, "");
  }

  private Value value(Value value, String path) throws ComposeException {
    return switch (value) {
      case Value.Members members -> members(members, path);
      case Value.Items(var all, Place place) -> {
        var done = new ArrayList<Value>();
        for (Value item : all) {
          done.add(value(item, path + "\0[]"));
        }
        yield new Value.Items(done, place);
      }
      case Value.Scalar(JsonNode json, Place place) when json.isTextual() ->
          new Value.Scalar(scalar(json, place, path), place);
      case Value.Scalar other -> other;
    };
  }

  private Value.Members members(Value.Members members, String path) throws ComposeException {
    var done = new LinkedHashMap<String, Value>();
    for (var each : members.all().entrySet()) {
      String inner = path.isEmpty() ? each.getKey() : path + "\0" + each.getKey();
      done.put(each.getKey(), value(each.getValue(), inner));
    }
    return new Value.Members(done, members.place());
  }

  private JsonNode scalar(JsonNode json, Place place, String path) throws ComposeException {
    String before = json.textValue();
    if (before.indexOf('$') < 0) {
      return json;
    }
    String shown = path.replace('\0', '.');
    String after;
    try {
      after = Template.expand(before, environment);
    } catch (Template.InvalidTemplateException e) {
      throw new ComposeException(
          place,
          e.required()
              ? "invalid interpolation format for " + shown + ": " + e.getMessage()
              : "invalid interpolation format for "
                  + shown
                  + ": \""
                  + before
                  + "\"; you may need to escape any $ with another $");
    }
    if (!after.equals(before)) {
      for (var each : CASTS.entrySet()) {
        if (each.getKey().matcher(path).matches()) {
          return cast(after, each.getValue(), shown, place);
        }
      }
    }
    return NODES.textNode(after);
  }

  private static JsonNode cast(String text, Cast cast, String path, Place place)
      throws ComposeException {
    try {
      return switch (cast) {
        case WHOLE -> NODES.numberNode(Long.parseLong(text));
        case DECIMAL -> NODES.numberNode(Double.parseDouble(text));
        case TRUTH ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "y", "yes", "true", "on" -> NODES.booleanNode(true);
              case "n", "no", "false", "off" -> NODES.booleanNode(false);
              default -> throw failed(path, place, "invalid boolean: " + text);
            };
      };
    } catch (NumberFormatException _) {
      throw failed(path, place, "invalid number: \"" + text + "\"");
    }
  }

  private static ComposeException failed(String path, Place place, String why) {
    return new ComposeException(
        place, "error while interpolating " + path + ": failed to cast to expected type: " + why);
  }
}
