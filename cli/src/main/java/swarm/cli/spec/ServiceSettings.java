package swarm.cli.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The options that `service create` and `service update` share, written into a specification. What
/// the user did not give stays as it is, known or not.
final class ServiceSettings {
  private static final String CONTAINER = "/TaskTemplate/ContainerSpec";
  private static final String HEALTH = CONTAINER + "/Healthcheck";

  private final ObjectNode spec;
  private final OptionValues values;

  private ServiceSettings(ObjectNode spec, OptionValues values) {
    this.spec = spec;
    this.values = values;
  }

  static void apply(ObjectNode spec, OptionValues values) throws InvalidValueException {
    var settings = new ServiceSettings(spec, values);
    settings.container();
    settings.health();
    settings.resources();
    settings.restart();
    settings.rollout("UpdateConfig", "--update-", Set.of("pause", "continue", "rollback"));
    settings.rollout("RollbackConfig", "--rollback-", Set.of("pause", "continue"));
    settings.service();
    settings.stopAfterDisconnect();
    ReservedLabels.apply(spec, values);
  }

  /// A label, as Docker's clients keep those.
  private void stopAfterDisconnect() throws InvalidValueException {
    String option = "--stop-after-disconnect";
    String label = "swarm.stop-after-disconnect";
    if (!values.given(option)) {
      return;
    }
    if (values.text(option).equals("never")) {
      spec.withObject("/Labels").remove(label);
      return;
    }
    GoDuration.parse(values.text(option), option); // says what is wrong with it
    spec.withObject("/Labels").put(label, values.text(option));
  }

  private void container() throws InvalidValueException {
    text("--workdir", CONTAINER, "Dir");
    text("--user", CONTAINER, "User");
    text("--hostname", CONTAINER, "Hostname");
    text("--stop-signal", CONTAINER, "StopSignal");
    text("--isolation", CONTAINER, "Isolation");
    duration("--stop-grace-period", CONTAINER, "StopGracePeriod");
    flag("--init", CONTAINER, "Init");
    flag("--tty", CONTAINER, "TTY");
    flag("--read-only", CONTAINER, "ReadOnly");
    if (values.given("--entrypoint")) {
      strings(CONTAINER, "Command", ShellWords.split(values.text("--entrypoint"), "--entrypoint"));
    }
    if (values.given("--oom-score-adj")) {
      spec.withObject(CONTAINER)
          .put("OomScoreAdj", Numbers.signed(values.text("--oom-score-adj"), "--oom-score-adj"));
    }
    capabilities();
  }

  private void capabilities() {
    if (values.given("--cap-add") || values.given("--cap-drop")) {
      Capabilities.Lists changed =
          new Capabilities.Lists(texts("CapabilityAdd"), texts("CapabilityDrop"))
              .changed(values.list("--cap-add"), values.list("--cap-drop"));
      put("CapabilityAdd", changed.added());
      put("CapabilityDrop", changed.dropped());
    }
  }

  private List<String> texts(String field) {
    var all = new ArrayList<String>();
    spec.at(CONTAINER + "/" + field).forEach(each -> all.add(each.asText()));
    return all;
  }

  private void put(String field, List<String> texts) {
    if (texts.isEmpty()) {
      spec.withObject(CONTAINER).remove(field);
    } else {
      strings(CONTAINER, field, texts);
    }
  }

  private void health() throws InvalidValueException {
    if (values.flag("--no-healthcheck")) {
      if (values.given("--health-cmd")) {
        throw new InvalidValueException("--no-healthcheck conflicts with --health-* options");
      }
      spec.withObject(CONTAINER).remove("Healthcheck");
      strings(HEALTH, "Test", List.of("NONE"));
    }
    String command = values.text("--health-cmd");
    boolean off =
        spec.at(HEALTH + "/Test/0").asText().equals("NONE") && !values.flag("--no-healthcheck");
    if ((off
            && anyGiven(
                "--health-", "interval", "timeout", "start-period", "start-interval", "retries"))
        || (values.given("--health-cmd") && command.isEmpty())) {
      spec.withObject(HEALTH).remove("Test"); // it is the image's again
    }
    if (!command.isEmpty()) {
      strings(HEALTH, "Test", List.of("CMD-SHELL", command));
    }
    duration("--health-interval", HEALTH, "Interval");
    duration("--health-timeout", HEALTH, "Timeout");
    duration("--health-start-period", HEALTH, "StartPeriod");
    duration("--health-start-interval", HEALTH, "StartInterval");
    number("--health-retries", HEALTH, "Retries");
  }

  private void resources() throws InvalidValueException {
    String resources = "/TaskTemplate/Resources";
    for (String kind : new String[] {"limit", "reserve"}) {
      String place = resources + (kind.equals("limit") ? "/Limits" : "/Reservations");
      String cpu = "--" + kind + "-cpu";
      if (values.given(cpu)) {
        spec.withObject(place).put("NanoCPUs", Numbers.nanoCpus(values.text(cpu), cpu));
      }
      String memory = "--" + kind + "-memory";
      if (values.given(memory)) {
        spec.withObject(place).put("MemoryBytes", Numbers.bytes(values.text(memory), memory));
      }
    }
    number("--limit-pids", resources + "/Limits", "Pids");
  }

  private void restart() throws InvalidValueException {
    String place = "/TaskTemplate/RestartPolicy";
    if (!anyGiven("--restart-", "condition", "delay", "max-attempts", "window")) {
      return;
    }
    if (spec.at(place).isMissingNode() || spec.at(place).isNull()) {
      spec.withObject(place)
          .put("Condition", "any")
          .put("Delay", 5_000_000_000L)
          .put("MaxAttempts", 0);
    }
    choice("--restart-condition", Set.of("none", "on-failure", "any"), place, "Condition");
    duration("--restart-delay", place, "Delay");
    duration("--restart-window", place, "Window");
    number("--restart-max-attempts", place, "MaxAttempts");
  }

  /// How an update, or the way back, goes on.
  private void rollout(String member, String prefix, Set<String> actions)
      throws InvalidValueException {
    if (!anyGiven(
        prefix,
        "parallelism",
        "delay",
        "monitor",
        "failure-action",
        "max-failure-ratio",
        "order")) {
      return;
    }
    String place = "/" + member;
    JsonNode before = spec.path(member);
    if (before.isMissingNode() || before.isNull()) {
      spec.withObject(place)
          .put("Parallelism", 1)
          .put("Delay", 0)
          .put("Monitor", 5_000_000_000L)
          .put("FailureAction", "pause")
          .put("MaxFailureRatio", 0)
          .put("Order", "stop-first");
    }
    number(prefix + "parallelism", place, "Parallelism");
    duration(prefix + "delay", place, "Delay");
    duration(prefix + "monitor", place, "Monitor");
    choice(prefix + "failure-action", actions, place, "FailureAction");
    choice(prefix + "order", Set.of("start-first", "stop-first"), place, "Order");
    String ratio = prefix + "max-failure-ratio";
    if (values.given(ratio)) {
      spec.withObject(place).put("MaxFailureRatio", Numbers.ratio(values.text(ratio), ratio));
    }
  }

  private void service() throws InvalidValueException {
    choice("--endpoint-mode", Set.of("vip", "dnsrr"), "/EndpointSpec", "Mode");
    number("--replicas-max-per-node", "/TaskTemplate/Placement", "MaxReplicas");
    if (!values.text("--log-driver").isEmpty()) { // an empty one changes nothing, as with docker
      ObjectNode driver = spec.withObject("/TaskTemplate/LogDriver");
      driver.put("Name", values.text("--log-driver"));
      driver.set("Options", KeyValues.map(values.list("--log-opt"), "--log-opt"));
    }
  }

  // ---- one option into one member

  private boolean anyGiven(String prefix, String... names) {
    for (String name : names) {
      if (values.given(prefix + name)) {
        return true;
      }
    }
    return false;
  }

  private void text(String option, String place, String member) {
    if (values.given(option)) {
      spec.withObject(place).put(member, values.text(option));
    }
  }

  private void flag(String option, String place, String member) {
    if (values.given(option)) {
      spec.withObject(place).put(member, values.flag(option));
    }
  }

  private void number(String option, String place, String member) throws InvalidValueException {
    if (values.given(option)) {
      spec.withObject(place).put(member, values.number(option));
    }
  }

  private void duration(String option, String place, String member) throws InvalidValueException {
    if (values.given(option)) {
      spec.withObject(place).put(member, GoDuration.parse(values.text(option), option));
    }
  }

  private void choice(String option, Set<String> choices, String place, String member)
      throws InvalidValueException {
    if (values.given(option)) {
      String value = values.text(option);
      if (!choices.contains(value)) {
        throw InvalidValueException.of(
            value, option, "use " + String.join(", ", choices.stream().sorted().toList()));
      }
      spec.withObject(place).put(member, value);
    }
  }

  private void strings(String place, String member, List<String> items) {
    ArrayNode array = spec.withObject(place).putArray(member);
    items.forEach(array::add);
  }
}
