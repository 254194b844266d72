package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.cli.client.Json;
import swarm.cli.spec.GoDuration;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.Numbers;

/// One service of a Compose file as a `ServiceSpec`.
final class StackService {
  private static final String DEPENDS_ON = "swarm.depends-on";

  /// Networks that have no aliases.
  private static final Set<String> OF_THE_HOST = Set.of("bridge", "host", "none", "default");

  private final ComposeFile file;
  private final StackNames names;
  private final String name;
  private final String path;
  private final JsonNode service;

  StackService(ComposeFile file, StackNames names, String name) {
    this.file = file;
    this.names = names;
    this.name = name;
    this.path = "services." + name;
    this.service = file.services().path(name);
  }

  /// Copies what is there under another name.
  static void copy(JsonNode from, String member, ObjectNode to, String name) {
    JsonNode value = from.get(member);
    if (value != null) {
      to.set(name, value);
    }
  }

  ObjectNode spec() throws ComposeException {
    JsonNode deploy = service.path("deploy");
    ObjectNode spec = Json.object().put("Name", names.scoped(name));
    ObjectNode labels = names.labels(deploy.path("labels"));
    labels.put(StackNames.IMAGE, image());
    startOrder(labels);
    spec.set("Labels", labels);
    ObjectNode task = spec.putObject("TaskTemplate");
    task.set("ContainerSpec", container());
    task.set("Resources", resources(deploy.path("resources")));
    restart(deploy.path("restart_policy"), task);
    task.set("Placement", placement(deploy.path("placement")));
    task.put("ForceUpdate", 0);
    task.set("Networks", networks());
    if (service.has("logging")) {
      ObjectNode driver = task.putObject("LogDriver");
      copy(service.path("logging"), "driver", driver, "Name");
      copy(service.path("logging"), "options", driver, "Options");
    }
    spec.set("Mode", mode(deploy));
    rollout(deploy, "update_config", spec, "UpdateConfig");
    rollout(deploy, "rollback_config", spec, "RollbackConfig");
    spec.set("EndpointSpec", endpoint(deploy));
    return spec;
  }

  private ComposeException failure(String key, String message) {
    return file.places().failure(path + key, "service " + name + ": " + message);
  }

  private String image() throws ComposeException {
    String image = service.path("image").asText("");
    if (image.isEmpty()) {
      throw file.places()
          .failure(path, "invalid image reference for service " + name + ": no image specified");
    }
    try {
      ImageName.parse(image);
      return image;
    } catch (InvalidValueException e) {
      throw file.places()
          .failure(
              path + ".image", "invalid image reference for service " + name + ": " + e.reason());
    }
  }

  /// Only the long form has conditions; `docker stack` ignores the short one, and so it stays.
  private void startOrder(ObjectNode labels) throws ComposeException {
    JsonNode dependencies = service.path("depends_on");
    if (!dependencies.isObject()) {
      return;
    }
    var all = new ArrayList<String>();
    for (var each : dependencies.properties()) {
      String other = each.getKey();
      if (!file.services().has(other)) {
        if (!each.getValue().path("required").asBoolean(true)) {
          continue;
        }
        throw failure(".depends_on." + other, "undefined service \"" + other + "\"");
      }
      String condition = each.getValue().path("condition").asText("service_started");
      all.add(names.scoped(other) + ":" + condition);
    }
    if (all.isEmpty()) {
      return;
    }
    if (labels.has(DEPENDS_ON)) {
      throw failure(
          ".depends_on",
          "depends_on and the label " + DEPENDS_ON + " say the same thing; only use one");
    }
    labels.put(DEPENDS_ON, String.join(",", all));
  }

  private ObjectNode container() throws ComposeException {
    ObjectNode all = Json.object().put("Image", image());
    copy(service, "entrypoint", all, "Command");
    copy(service, "command", all, "Args");
    copy(service, "hostname", all, "Hostname");
    copy(service, "working_dir", all, "Dir");
    copy(service, "user", all, "User");
    copy(service, "stop_signal", all, "StopSignal");
    copy(service, "tty", all, "TTY");
    copy(service, "stdin_open", all, "OpenStdin");
    copy(service, "read_only", all, "ReadOnly");
    copy(service, "isolation", all, "Isolation");
    copy(service, "init", all, "Init");
    copy(service, "sysctls", all, "Sysctls");
    copy(service, "oom_score_adj", all, "OomScoreAdj");
    all.set("Labels", names.labels(service.path("labels")));
    for (var each : service.path("environment").properties()) {
      all.withArray("Env")
          .add(
              each.getValue().isNull()
                  ? each.getKey()
                  : each.getKey() + "=" + each.getValue().asText());
    }
    sort(all.path("Env"));
    for (JsonNode host : service.path("extra_hosts")) {
      String text = host.asText();
      int colon = text.indexOf(':');
      all.withArray("Hosts").add(text.substring(colon + 1) + " " + text.substring(0, colon));
    }
    if (service.has("dns") || service.has("dns_search")) {
      ObjectNode dns = all.putObject("DNSConfig");
      copy(service, "dns", dns, "Nameservers");
      copy(service, "dns_search", dns, "Search");
    }
    if (service.has("stop_grace_period")) {
      all.put("StopGracePeriod", nanos(service, "stop_grace_period"));
    }
    capabilities(all);
    limits(all);
    health(all);
    mounts(all);
    payloads("secret", all);
    payloads("config", all);
    credentials(all);
    return all;
  }

  /// Docker's client orders them whole: `A=1` before `A_B=1` is not the order of the names.
  private static void sort(JsonNode list) {
    if (list instanceof ArrayNode array) {
      var texts = new TreeSet<String>();
      array.forEach(text -> texts.add(text.asText()));
      array.removeAll();
      texts.forEach(array::add);
    }
  }

  private long nanos(JsonNode parent, String member) throws ComposeException {
    try {
      return GoDuration.parse(parent.path(member).asText("0s"), member);
    } catch (InvalidValueException e) {
      throw failure("", e.reason());
    }
  }

  /// An added one is not dropped; `ALL` stands for all others.
  private void capabilities(ObjectNode container) {
    Set<String> added = capabilities("cap_add");
    Set<String> dropped = capabilities("cap_drop");
    dropped.removeAll(added);
    added.remove("RESET");
    dropped.remove("RESET");
    if (!added.isEmpty()) {
      added.forEach(container.putArray("CapabilityAdd")::add);
    }
    if (!dropped.isEmpty()) {
      dropped.forEach(container.putArray("CapabilityDrop")::add);
    }
  }

  private Set<String> capabilities(String key) {
    var all = new TreeSet<String>();
    for (JsonNode each : service.path(key)) {
      String text = each.asText().strip().toUpperCase(Locale.ROOT);
      boolean special = text.equals("ALL") || text.equals("RESET") || text.startsWith("CAP_");
      all.add(special ? text : "CAP_" + text);
    }
    if (all.contains("ALL")) {
      all.clear();
      all.add("ALL");
    }
    return all;
  }

  private void limits(ObjectNode container) {
    for (var each : service.path("ulimits").properties()) {
      JsonNode limit = each.getValue();
      ObjectNode one = container.withArray("Ulimits").addObject().put("Name", each.getKey());
      one.put("Hard", limit.isNumber() ? limit.asLong() : limit.path("hard").asLong());
      one.put("Soft", limit.isNumber() ? limit.asLong() : limit.path("soft").asLong());
    }
  }

  private void health(ObjectNode container) throws ComposeException {
    JsonNode health = service.get("healthcheck");
    if (health == null) {
      return;
    }
    ObjectNode all = container.putObject("Healthcheck");
    if (health.path("disable").asBoolean()) {
      if (health.has("test")) {
        throw failure(".healthcheck", "test and disable can't be set at the same time");
      }
      all.putArray("Test").add("NONE");
      return;
    }
    copy(health, "test", all, "Test");
    copy(health, "retries", all, "Retries");
    for (String key : List.of("timeout", "interval", "start_period", "start_interval")) {
      if (health.has(key)) {
        String field =
            switch (key) {
              case "timeout" -> "Timeout";
              case "interval" -> "Interval";
              case "start_period" -> "StartPeriod";
              default -> "StartInterval";
            };
        all.put(field, nanos(health, key));
      }
    }
  }

  private void mounts(ObjectNode container) throws ComposeException {
    int i = 0;
    for (JsonNode volume : service.path("volumes")) {
      try {
        container.withArray("Mounts").add(StackMounts.mount(volume, file.volumes(), names));
      } catch (ComposeException e) {
        throw failure(".volumes." + i, e.reason());
      }
      i++;
    }
  }

  /// References by target; the ids are found later.
  private void payloads(String kind, ObjectNode container) throws ComposeException {
    String member = kind + "s";
    var all = new ArrayList<ObjectNode>();
    var targets = new TreeSet<String>();
    int i = 0;
    for (JsonNode reference : service.path(member)) {
      String source = reference.path("source").asText("");
      String key = "." + member + "." + i++;
      String name = payload(kind, source, key);
      String target = reference.path("target").asText(source);
      if (!targets.add(target)) {
        throw failure(key, "duplicate " + kind + " target for " + name + " not allowed");
      }
      ObjectNode one = Json.object();
      one.putObject("File")
          .put("Name", target)
          .put("UID", reference.path("uid").asText("0"))
          .put("GID", reference.path("gid").asText("0"))
          .put("Mode", reference.path("mode").asLong(0444));
      all.add(one.put(kind.equals("secret") ? "SecretName" : "ConfigName", name));
    }
    JsonNode credentials = service.path("credential_spec").path("config");
    if (kind.equals("config") && credentials.isTextual()) {
      ObjectNode one = Json.object();
      one.putObject("Runtime");
      all.add(
          one.put("ConfigName", payload(kind, credentials.textValue(), ".credential_spec.config")));
    }
    if (all.isEmpty()) {
      return;
    }
    String field = kind.equals("secret") ? "SecretName" : "ConfigName";
    all.sort(Comparator.comparing(one -> one.path(field).asText()));
    ArrayNode list = container.putArray(kind.equals("secret") ? "Secrets" : "Configs");
    all.forEach(list::add);
  }

  private String payload(String kind, String source, String key) throws ComposeException {
    JsonNode known = file.section(kind + "s").get(source);
    if (known == null) {
      throw failure(key, "undefined " + kind + " \"" + source + "\"");
    }
    return names.of(source, known);
  }

  /// Of Windows: passed on for the daemon to judge.
  private void credentials(ObjectNode container) throws ComposeException {
    JsonNode given = service.path("credential_spec");
    if (given.size() > 1) {
      var kinds = new ArrayList<String>();
      given.fieldNames().forEachRemaining(kinds::add);
      throw failure(
          ".credential_spec",
          "invalid credential spec: cannot specify both " + String.join(" and ", kinds));
    }
    // all of it, as Docker's client posts it: deployed by that again, nothing has changed
    ObjectNode privileges = container.putObject("Privileges");
    privileges.putNull("CredentialSpec").putNull("SELinuxContext").put("NoNewPrivileges", false);
    if (!given.isEmpty()) {
      ObjectNode spec = privileges.putObject("CredentialSpec");
      copy(given, "config", spec, "Config");
      copy(given, "file", spec, "File");
      copy(given, "registry", spec, "Registry");
    }
  }

  private ObjectNode resources(JsonNode given) throws ComposeException {
    ObjectNode all = Json.object();
    for (String kind : List.of("limits", "reservations")) {
      JsonNode some = given.get(kind);
      if (some == null) {
        continue;
      }
      ObjectNode one = all.putObject(kind.equals("limits") ? "Limits" : "Reservations");
      if (some.has("cpus")) {
        try {
          one.put("NanoCPUs", Numbers.nanoCpus(some.path("cpus").asText(), kind + ".cpus"));
        } catch (InvalidValueException e) {
          throw failure(".deploy.resources." + kind + ".cpus", e.reason());
        }
      }
      if (some.has("memory")) {
        one.put("MemoryBytes", Long.parseLong(some.path("memory").asText()));
      }
      copy(some, "pids", one, "Pids");
      for (JsonNode generic : some.path("generic_resources")) {
        JsonNode discrete = generic.path("discrete_resource_spec");
        ObjectNode resource = one.withArray("GenericResources").addObject();
        if (discrete.isObject()) {
          resource
              .putObject("DiscreteResourceSpec")
              .put("Kind", discrete.path("kind").asText(""))
              .put("Value", discrete.path("value").asLong());
        }
      }
    }
    return all;
  }

  private void restart(JsonNode policy, ObjectNode task) throws ComposeException {
    ObjectNode all = Json.object();
    if (policy.isObject()) {
      copy(policy, "condition", all, "Condition");
      copy(policy, "max_attempts", all, "MaxAttempts");
      if (policy.has("delay")) {
        all.put("Delay", nanos(policy, "delay"));
      }
      if (policy.has("window")) {
        all.put("Window", nanos(policy, "window"));
      }
      task.set("RestartPolicy", all);
      return;
    }
    String old = service.path("restart").asText("");
    int colon = old.indexOf(':');
    String count = colon < 0 ? "" : old.substring(colon + 1);
    switch (colon < 0 ? old : old.substring(0, colon)) {
      case "", "no" -> {
        return;
      }
      case "always", "unless-stopped" -> all.put("Condition", "any");
      case "on-failure" -> {
        all.put("Condition", "on-failure");
        if (!count.matches("[0-9]{0,9}")) {
          throw failure(
              ".restart", "invalid restart policy format: maximum retry count must be an integer");
        }
        all.put("MaxAttempts", count.isEmpty() ? 0 : Long.parseLong(count));
      }
      default -> throw failure(".restart", "unknown restart policy: " + old);
    }
    task.set("RestartPolicy", all);
  }

  private static ObjectNode placement(JsonNode given) {
    ObjectNode all = Json.object();
    copy(given, "constraints", all, "Constraints");
    copy(given, "max_replicas_per_node", all, "MaxReplicas");
    for (JsonNode preference : given.path("preferences")) {
      all.withArray("Preferences")
          .addObject()
          .putObject("Spread")
          .put("SpreadDescriptor", preference.path("spread").asText(""));
    }
    return all;
  }

  private ArrayNode networks() throws ComposeException {
    var all = new TreeMap<String, ObjectNode>();
    JsonNode given = service.path("networks");
    ObjectNode used = given instanceof ObjectNode some && !some.isEmpty() ? some : Json.object();
    if (used.isEmpty()) {
      used.putNull("default");
    }
    for (var each : used.properties()) {
      String network = each.getKey();
      if (!file.networks().has(network) && !network.equals("default")) {
        throw failure(".networks." + network, "undefined network \"" + network + "\"");
      }
      String target = names.of(network, file.networks().path(network));
      ObjectNode one = Json.object().put("Target", target);
      ArrayNode aliases = Json.array();
      each.getValue().path("aliases").forEach(aliases::add);
      if (!OF_THE_HOST.contains(target) && !target.startsWith("container:")) {
        aliases.add(name);
      }
      one.set("Aliases", aliases);
      copy(each.getValue(), "driver_opts", one, "DriverOpts");
      all.put(target, one);
    }
    ArrayNode list = Json.array();
    all.values().forEach(list::add);
    return list;
  }

  private ObjectNode mode(JsonNode deploy) throws ComposeException {
    ObjectNode mode = Json.object();
    String word = deploy.path("mode").asText("replicated");
    JsonNode replicas = deploy.get("replicas");
    switch (word) {
      case "replicated" -> {
        ObjectNode one = mode.putObject("Replicated");
        copy(deploy, "replicas", one, "Replicas");
      }
      case "replicated-job" -> {
        ObjectNode one = mode.putObject("ReplicatedJob");
        copy(deploy, "replicas", one, "MaxConcurrent");
        copy(deploy, "replicas", one, "TotalCompletions");
      }
      case "global", "global-job" -> {
        if (replicas != null) {
          throw failure(
              ".deploy.replicas",
              "replicas can only be used with replicated or replicated-job mode");
        }
        mode.putObject(word.equals("global") ? "Global" : "GlobalJob");
      }
      default -> throw failure(".deploy.mode", "Unknown mode: " + word);
    }
    return mode;
  }

  private void rollout(JsonNode deploy, String key, ObjectNode spec, String field)
      throws ComposeException {
    JsonNode given = deploy.get(key);
    if (given == null) {
      return;
    }
    ObjectNode all = spec.putObject(field);
    all.put("Parallelism", given.path("parallelism").asLong(1));
    if (given.has("delay")) {
      all.put("Delay", nanos(given, "delay"));
    }
    if (given.has("monitor")) {
      all.put("Monitor", nanos(given, "monitor"));
    }
    copy(given, "failure_action", all, "FailureAction");
    all.put("MaxFailureRatio", given.path("max_failure_ratio").asDouble(0));
    all.put("Order", given.path("order").asText(""));
  }

  private ObjectNode endpoint(JsonNode deploy) {
    ObjectNode all = Json.object();
    if (deploy.has("endpoint_mode")) {
      all.put("Mode", deploy.path("endpoint_mode").asText().toLowerCase(Locale.ROOT));
    }
    var ports = new ArrayList<ObjectNode>();
    for (JsonNode port : service.path("ports")) {
      ObjectNode one = Json.object();
      copy(port, "protocol", one, "Protocol");
      copy(port, "target", one, "TargetPort");
      copy(port, "published", one, "PublishedPort");
      copy(port, "mode", one, "PublishMode");
      ports.add(one);
    }
    ports.sort(Comparator.comparingInt(port -> port.path("PublishedPort").asInt()));
    if (!ports.isEmpty()) {
      ArrayNode list = all.putArray("Ports");
      ports.forEach(list::add);
    }
    return all;
  }
}
