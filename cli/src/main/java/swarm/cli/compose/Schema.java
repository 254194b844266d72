package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.ShellWords;

/// What a Compose file may hold: version 3.13 of the format, as `docker stack` knows it, and from
/// the Compose Specification `name`, `depends_on` with conditions, and published ports as texts.
final class Schema {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]+");
  private static final Set<String> CONDITIONS =
      Set.of("service_started", "service_healthy", "service_completed_successfully");

  private static final Shape COMMAND =
      (value, path, _) -> {
        ArrayNode words = Json.array();
        switch (value) {
          case Value.Scalar(JsonNode json, _) when json.isTextual() ->
              words(json.textValue(), value, path).forEach(words::add);
          case Value.Items(var all, _) -> {
            for (Value item : all) {
              words.add(Shapes.text(item, path + "." + words.size()));
            }
          }
          case Value.Scalar _, Value.Members _ ->
              throw Shapes.wrong(value, path, "must be a string or list");
        }
        return words.isEmpty() ? null : words;
      };

  private static final Shape TEST =
      (value, path, places) ->
          value instanceof Value.Scalar(JsonNode json, _) && json.isTextual()
              ? Json.array().add("CMD-SHELL").add(json.textValue())
              : Shapes.WORDS.read(value, path, places);

  /// `true`, or a mapping with the deprecated name.
  private static final Shape EXTERNAL =
      (value, path, places) ->
          switch (value) {
            case Value.Scalar _ -> Shapes.FLAG.read(value, path, places);
            case Value.Members _ ->
                Shapes.record().kept().with("name", Shapes.TEXT).read(value, path, places);
            case Value.Items _ -> throw Shapes.wrong(value, path, "must be a boolean or mapping");
          };

  private static final Shape DEPENDENCIES =
      (value, path, places) ->
          value instanceof Value.Members
              ? Shapes.map(
                      Shapes.record()
                          .kept()
                          .with("condition", Schema::condition)
                          .with("required", Shapes.TRUTH)
                          .with("restart", Schema::noRestart))
                  .read(value, path, places)
              : Shapes.STRINGS.read(value, path, places);

  private static final Shape NETWORKS =
      (value, path, places) -> {
        if (value instanceof Value.Members) {
          return Shapes.map(Schema::network).read(value, path, places);
        }
        ObjectNode all = Json.object();
        JsonNode names = Shapes.STRINGS.read(value, path, places);
        if (names != null) {
          names.forEach(name -> all.putNull(name.textValue()));
        }
        return all;
      };

  private static final Shape FILE =
      (value, path, places) ->
          value instanceof Value.Scalar(JsonNode json, _) && json.isTextual()
              ? Json.object().put("source", json.textValue())
              : Shapes.record()
                  .kept()
                  .open()
                  .with("source", Shapes.TEXT)
                  .with("target", Shapes.TEXT)
                  .with("uid", Shapes.TEXT)
                  .with("gid", Shapes.TEXT)
                  .with("mode", Shapes.COUNT)
                  .read(value, path, places);

  private static final Shape ULIMIT =
      (value, path, places) ->
          value instanceof Value.Members(var given, _)
              ? limits(value, given.keySet().containsAll(Set.of("soft", "hard")), path, places)
              : Shapes.WHOLE.read(value, path, places);

  private static final Shape HEALTH =
      Shapes.record()
          .kept()
          .with("test", TEST)
          .with("timeout", Shapes.DURATION)
          .with("interval", Shapes.DURATION)
          .with("retries", Shapes.COUNT)
          .with("start_period", Shapes.DURATION)
          .with("start_interval", Shapes.DURATION)
          .with("disable", Shapes.FLAG);

  private static final Shape BUILD =
      (value, path, places) ->
          value instanceof Value.Scalar(JsonNode json, _) && json.isTextual()
              ? Json.object().put("context", json.textValue())
              : Shapes.record()
                  .open()
                  .with("context", Shapes.TEXT)
                  .with("dockerfile", Shapes.TEXT)
                  .with("args", Shapes.VARIABLES)
                  .with("labels", Shapes.MAPPING)
                  .with("cache_from", Shapes.STRINGS)
                  .with("extra_hosts", Schema::hosts)
                  .with("network", Shapes.TEXT)
                  .with("target", Shapes.TEXT)
                  .read(value, path, places);

  private static final Shapes.Known SERVICE = service();

  private static final Shapes.Known NETWORK =
      Shapes.record()
          .kept()
          .orNull()
          .extended()
          .with("name", Shapes.TEXT)
          .with("driver", Shapes.TEXT)
          .with("driver_opts", Shapes.OPTIONS)
          .with(
              "ipam",
              Shapes.record()
                  .with("driver", Shapes.TEXT)
                  .with("config", Shapes.list(Shapes.record().kept().with("subnet", Shapes.TEXT))))
          .with("external", EXTERNAL)
          .with("internal", Shapes.FLAG)
          .with("attachable", Shapes.FLAG)
          .with("labels", Shapes.MAPPING);

  private static final Shapes.Known VOLUME =
      Shapes.record()
          .kept()
          .orNull()
          .extended()
          .with("name", Shapes.TEXT)
          .with("driver", Shapes.TEXT)
          .with("driver_opts", Shapes.OPTIONS)
          .with("external", EXTERNAL)
          .with("labels", Shapes.MAPPING);

  private static final Shapes.Known CONFIG = payload();

  private static final Shapes.Known SECRET =
      payload().with("driver", Shapes.TEXT).with("driver_opts", Shapes.OPTIONS);

  private static final Shape FILE_SHAPE =
      Shapes.record()
          .kept()
          .extended()
          .with("version", (value, _, _) -> value.json())
          .with("name", Shapes.TEXT)
          .with("services", named(SERVICE, true))
          .with("networks", named(NETWORK, false))
          .with("volumes", named(VOLUME, true))
          .with("secrets", named(SECRET, true))
          .with("configs", named(CONFIG, true));

  private Schema() {}

  /// A whole file in its one form.
  private static List<String> words(String command, Value value, String path)
      throws ComposeException {
    try {
      return ShellWords.split(command);
    } catch (InvalidValueException e) {
      throw Shapes.wrong(value, path, e.reason());
    }
  }

  static ObjectNode read(Value.Members file, Shape.Places places) throws ComposeException {
    return FILE_SHAPE.read(file, "", places) instanceof ObjectNode all ? all : Json.object();
  }

  /// A section of a file with its keys in the format's order.
  static ObjectNode ordered(String kind, ObjectNode section) {
    Shapes.Known shape =
        switch (kind) {
          case "services" -> SERVICE;
          case "networks" -> NETWORK;
          case "volumes" -> VOLUME;
          case "secrets" -> SECRET;
          default -> CONFIG;
        };
    ObjectNode all = Json.object();
    for (var each : section.properties()) {
      all.set(
          each.getKey(),
          each.getValue() instanceof ObjectNode one ? shape.ordered(one) : each.getValue());
    }
    return all;
  }

  private static Shapes.Known payload() {
    return Shapes.record()
        .kept()
        .extended()
        .with("name", Shapes.TEXT)
        .with("file", Shapes.TEXT)
        .with("external", EXTERNAL)
        .with("labels", Shapes.MAPPING)
        .with("template_driver", Shapes.TEXT);
  }

  private static Shape named(Shape member, boolean strict) {
    return (value, path, places) -> {
      for (var each : Shapes.members(value, path).entrySet()) {
        if (strict && !NAME.matcher(each.getKey()).matches()) {
          throw Shapes.wrong(
              each.getValue(),
              path,
              "Additional property "
                  + each.getKey()
                  + " is not allowed: names are made of letters, digits, '.', '_' and '-'");
        }
      }
      return Shapes.map(member).read(value, path, places);
    };
  }

  private static Shapes.Known service() {
    var shape = Shapes.record().kept().extended();
    shape
        .with("build", BUILD)
        .with("cap_add", Shapes.STRINGS)
        .with("cap_drop", Shapes.STRINGS)
        .with("cgroupns_mode", Shapes.TEXT)
        .with("cgroup_parent", Shapes.TEXT)
        .with("command", COMMAND)
        .with("configs", Shapes.list(FILE))
        .with("container_name", Shapes.TEXT)
        .with(
            "credential_spec",
            Shapes.record()
                .with("config", Shapes.TEXT)
                .with("file", Shapes.TEXT)
                .with("registry", Shapes.TEXT))
        .with("depends_on", DEPENDENCIES)
        .with("deploy", deploy())
        .with("devices", Shapes.STRINGS)
        .with("dns", Shapes.STRING_OR_LIST)
        .with("dns_search", Shapes.STRING_OR_LIST)
        .with("domainname", Shapes.TEXT)
        .with("entrypoint", COMMAND)
        .with("environment", Shapes.VARIABLES)
        .with("env_file", Shapes.STRING_OR_LIST)
        .with("expose", Shapes.list(Shapes.SCALAR))
        .with("external_links", Shapes.STRINGS)
        .with("extra_hosts", Schema::hosts)
        .with("hostname", Shapes.TEXT)
        .with("healthcheck", HEALTH)
        .with("image", Shapes.TEXT)
        .with("init", Shapes.TRUTH)
        .with("ipc", Shapes.TEXT)
        .with("isolation", Shapes.TEXT)
        .with("labels", Shapes.MAPPING)
        .with("links", Shapes.STRINGS)
        .with(
            "logging",
            Shapes.record().kept().with("driver", Shapes.TEXT).with("options", Shapes.OPTIONS))
        .with("mac_address", Shapes.TEXT)
        .with("network_mode", Shapes.TEXT)
        .with("networks", NETWORKS)
        .with("pid", Schema::textOrNull)
        .with("ports", PortForms::read)
        .with("privileged", Shapes.FLAG)
        .with("read_only", Shapes.FLAG)
        .with("restart", Shapes.TEXT)
        .with("secrets", Shapes.list(FILE))
        .with("security_opt", Shapes.STRINGS)
        .with("shm_size", Shapes.SCALAR)
        .with("stdin_open", Shapes.FLAG)
        .with("stop_grace_period", Shapes.DURATION)
        .with("stop_signal", Shapes.TEXT)
        .with("sysctls", Shapes.MAPPING)
        .with("tmpfs", Shapes.STRING_OR_LIST)
        .with("tty", Shapes.FLAG)
        .with("ulimits", Shapes.map(ULIMIT))
        .with("user", Shapes.TEXT)
        .with("oom_score_adj", Shapes.WHOLE)
        .with("userns_mode", Shapes.TEXT)
        .with("volumes", Shapes.list(VolumeForms.ITEM))
        .with("working_dir", Shapes.TEXT);
    // so that the message is the one for what cannot be had, not for what nobody knows
    Properties.forbidden().forEach(name -> shape.with(name, (value, _, _) -> value.json()));
    return shape;
  }

  private static Shape deploy() {
    return Shapes.record()
        .orNull()
        .with("mode", Shapes.TEXT)
        .with("replicas", Shapes.COUNT)
        .with("labels", Shapes.MAPPING)
        .with("update_config", rollout())
        .with("rollback_config", rollout())
        .with(
            "resources",
            Shapes.record()
                .with(
                    "limits",
                    Shapes.record()
                        .kept()
                        .with("cpus", Shapes.SCALAR)
                        .with("memory", Shapes.BYTES)
                        .with("pids", Shapes.WHOLE))
                .with(
                    "reservations",
                    Shapes.record()
                        .kept()
                        .with("cpus", Shapes.SCALAR)
                        .with("memory", Shapes.BYTES)
                        .with("generic_resources", Shapes.list(generic()))))
        .with(
            "restart_policy",
            Shapes.record()
                .kept()
                .with("condition", Shapes.TEXT)
                .with("delay", Shapes.DURATION)
                .with("max_attempts", Shapes.COUNT)
                .with("window", Shapes.DURATION))
        .with(
            "placement",
            Shapes.record()
                .with("constraints", Shapes.WORDS)
                .with(
                    "preferences", Shapes.list(Shapes.record().kept().with("spread", Shapes.TEXT)))
                .with("max_replicas_per_node", Shapes.WHOLE))
        .with("endpoint_mode", Shapes.TEXT);
  }

  private static Shape generic() {
    return Shapes.record()
        .kept()
        .with(
            "discrete_resource_spec",
            Shapes.record().kept().with("kind", Shapes.WORD).with("value", Shapes.COUNT));
  }

  private static Shape rollout() {
    return Shapes.record()
        .kept()
        .with("parallelism", Shapes.COUNT)
        .with("delay", Shapes.SPAN)
        .with("failure_action", Shapes.TEXT)
        .with("monitor", Shapes.SPAN)
        .with("max_failure_ratio", Shapes.RATIO)
        .with("order", Schema::order);
  }

  /// Null stays null.
  private static @Nullable JsonNode network(Value value, String path, Shape.Places places)
      throws ComposeException {
    if (value instanceof Value.Scalar(JsonNode json, _) && json.isNull()) {
      return null;
    }
    return Shapes.record()
        .kept()
        .with("aliases", Shapes.STRINGS)
        .with("driver_opts", Shapes.OPTIONS)
        .with("ipv4_address", Shapes.TEXT)
        .with("ipv6_address", Shapes.TEXT)
        .read(value, path, places);
  }

  private static JsonNode order(Value value, String path, Shape.Places places)
      throws ComposeException {
    return oneOf(value, path, List.of("start-first", "stop-first"));
  }

  private static JsonNode condition(Value value, String path, Shape.Places places)
      throws ComposeException {
    return oneOf(value, path, CONDITIONS.stream().sorted().toList());
  }

  private static JsonNode oneOf(Value value, String path, List<String> words)
      throws ComposeException {
    String text = Shapes.text(value, path);
    if (!words.contains(text)) {
      throw Shapes.wrong(
          value,
          path,
          path
              + " must be one of the following: \""
              + String.join("\", \"", words)
              + "\", and is \""
              + text
              + "\"");
    }
    return value.json();
  }

  private static @Nullable JsonNode noRestart(Value value, String path, Shape.Places places)
      throws ComposeException {
    if (Shapes.FLAG.read(value, path, places) != null) {
      throw Shapes.wrong(
          value, path, "is not supported: a service is not restarted with what it depends on");
    }
    return null;
  }

  private static @Nullable JsonNode textOrNull(Value value, String path, Shape.Places places)
      throws ComposeException {
    return value instanceof Value.Scalar(JsonNode json, _) && json.isNull()
        ? null
        : Shapes.TEXT.read(value, path, places);
  }

  private static @Nullable JsonNode limits(
      Value value, boolean whole, String path, Shape.Places places) throws ComposeException {
    if (!whole) {
      throw Shapes.wrong(value, path, "soft and hard are required");
    }
    return Shapes.record()
        .kept()
        .with("soft", Shapes.WHOLE)
        .with("hard", Shapes.WHOLE)
        .read(value, path, places);
  }

  /// `NAME:IP`, also written with `=`, and IPv6 addresses in brackets.
  private static @Nullable JsonNode hosts(Value value, String path, Shape.Places places)
      throws ComposeException {
    ArrayNode all = Json.array();
    switch (value) {
      case Value.Members _ -> {
        for (var each : Shapes.sorted(value, path).entrySet()) {
          String inner = path + "." + each.getKey();
          if (each.getValue() instanceof Value.Scalar(JsonNode json, _) && json.isNull()) {
            continue;
          }
          String address =
              Shapes.scalar(each.getValue(), inner, "must be a string, number or null");
          all.add(each.getKey() + ":" + unbracketed(address));
        }
      }
      case Value.Items _ -> {
        JsonNode pairs = Shapes.STRINGS.read(value, path, places);
        for (JsonNode pair : pairs == null ? Json.array() : pairs) {
          String text = pair.textValue();
          int cut = text.indexOf('=') >= 0 ? text.indexOf('=') : text.indexOf(':');
          if (cut >= 0) {
            all.add(text.substring(0, cut) + ":" + unbracketed(text.substring(cut + 1)));
          }
        }
      }
      case Value.Scalar _ -> throw Shapes.wrong(value, path, "must be a mapping or list");
    }
    return all.isEmpty() ? null : all;
  }

  private static String unbracketed(String address) {
    return address.length() > 2 && address.startsWith("[") && address.endsWith("]")
        ? address.substring(1, address.length() - 1)
        : address;
  }
}
