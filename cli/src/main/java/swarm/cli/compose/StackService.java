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
import swarm.cli.spec.Capabilities;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;

/// One service of a Compose file as a `ServiceSpec`.
final class StackService {
  static final String DEPENDS_ON = "swarm.depends-on";

  private final ComposeFile file;
  private final StackNames names;
  private final ComposeService at;
  private final String name;
  private final String path;
  private final JsonNode service;

  StackService(ComposeFile file, StackNames names, String name) {
    this.file = file;
    this.names = names;
    this.at = new ComposeService(file, name);
    this.name = name;
    this.path = at.path();
    this.service = at.json();
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
    var deployment = new StackDeployment(at);
    task.set("Resources", deployment.resources());
    deployment.restart(task);
    task.set("Placement", deployment.placement());
    task.put("ForceUpdate", 0);
    task.set("Networks", networks());
    if (service.has("logging")) {
      ObjectNode driver = task.putObject("LogDriver");
      ComposeService.copy(service.path("logging"), "driver", driver, "Name");
      ComposeService.copy(service.path("logging"), "options", driver, "Options");
    }
    spec.set("Mode", deployment.mode());
    deployment.rollout("update_config", spec, "UpdateConfig");
    deployment.rollout("rollback_config", spec, "RollbackConfig");
    spec.set("EndpointSpec", endpoint(deploy));
    return spec;
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
        throw at.failure(".depends_on." + other, "undefined service \"" + other + "\"");
      }
      String condition = each.getValue().path("condition").asText("service_started");
      all.add(names.scoped(other) + ":" + condition);
    }
    if (all.isEmpty()) {
      return;
    }
    if (labels.has(DEPENDS_ON)) {
      throw at.failure(
          ".depends_on",
          "depends_on and the label " + DEPENDS_ON + " say the same thing; only use one");
    }
    labels.put(DEPENDS_ON, String.join(",", all));
  }

  private ObjectNode container() throws ComposeException {
    ObjectNode all = Json.object().put("Image", image());
    ComposeService.copy(service, "entrypoint", all, "Command");
    ComposeService.copy(service, "command", all, "Args");
    ComposeService.copy(service, "hostname", all, "Hostname");
    ComposeService.copy(service, "working_dir", all, "Dir");
    ComposeService.copy(service, "user", all, "User");
    ComposeService.copy(service, "stop_signal", all, "StopSignal");
    ComposeService.copy(service, "tty", all, "TTY");
    ComposeService.copy(service, "stdin_open", all, "OpenStdin");
    ComposeService.copy(service, "read_only", all, "ReadOnly");
    ComposeService.copy(service, "isolation", all, "Isolation");
    ComposeService.copy(service, "init", all, "Init");
    ComposeService.copy(service, "sysctls", all, "Sysctls");
    ComposeService.copy(service, "oom_score_adj", all, "OomScoreAdj");
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
      ComposeService.copy(service, "dns", dns, "Nameservers");
      ComposeService.copy(service, "dns_search", dns, "Search");
    }
    if (service.has("stop_grace_period")) {
      all.put("StopGracePeriod", at.nanos(service, "stop_grace_period"));
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
      all.add(Capabilities.canonical(each.asText()));
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
        throw at.failure(".healthcheck", "test and disable can't be set at the same time");
      }
      all.putArray("Test").add("NONE");
      return;
    }
    ComposeService.copy(health, "test", all, "Test");
    ComposeService.copy(health, "retries", all, "Retries");
    for (String key : List.of("timeout", "interval", "start_period", "start_interval")) {
      if (health.has(key)) {
        String field =
            switch (key) {
              case "timeout" -> "Timeout";
              case "interval" -> "Interval";
              case "start_period" -> "StartPeriod";
              default -> "StartInterval";
            };
        all.put(field, at.nanos(health, key));
      }
    }
  }

  private void mounts(ObjectNode container) throws ComposeException {
    int i = 0;
    for (JsonNode volume : service.path("volumes")) {
      try {
        container.withArray("Mounts").add(StackMounts.mount(volume, file.volumes(), names));
      } catch (ComposeException e) {
        throw at.failure(".volumes." + i, e.reason());
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
        throw at.failure(key, "duplicate " + kind + " target for " + name + " not allowed");
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
      throw at.failure(key, "undefined " + kind + " \"" + source + "\"");
    }
    return names.of(source, known);
  }

  /// Of Windows: passed on for the daemon to judge.
  private void credentials(ObjectNode container) throws ComposeException {
    JsonNode given = service.path("credential_spec");
    if (given.size() > 1) {
      var kinds = new ArrayList<String>();
      given.fieldNames().forEachRemaining(kinds::add);
      throw at.failure(
          ".credential_spec",
          "invalid credential spec: cannot specify both " + String.join(" and ", kinds));
    }
    // all of it, as Docker's client posts it: deployed by that again, nothing has changed
    ObjectNode privileges = container.putObject("Privileges");
    privileges.putNull("CredentialSpec").putNull("SELinuxContext").put("NoNewPrivileges", false);
    if (!given.isEmpty()) {
      ObjectNode spec = privileges.putObject("CredentialSpec");
      ComposeService.copy(given, "config", spec, "Config");
      ComposeService.copy(given, "file", spec, "File");
      ComposeService.copy(given, "registry", spec, "Registry");
    }
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
        throw at.failure(".networks." + network, "undefined network \"" + network + "\"");
      }
      String target = names.of(network, file.networks().path(network));
      ObjectNode one = Json.object().put("Target", target);
      ArrayNode aliases = Json.array();
      each.getValue().path("aliases").forEach(aliases::add);
      if (!StackNames.ofTheHost(target)) { // these have no aliases
        aliases.add(name);
      }
      one.set("Aliases", aliases);
      ComposeService.copy(each.getValue(), "driver_opts", one, "DriverOpts");
      all.put(target, one);
    }
    ArrayNode list = Json.array();
    all.values().forEach(list::add);
    return list;
  }

  private ObjectNode endpoint(JsonNode deploy) {
    ObjectNode all = Json.object();
    if (deploy.has("endpoint_mode")) {
      all.put("Mode", deploy.path("endpoint_mode").asText().toLowerCase(Locale.ROOT));
    }
    var ports = new ArrayList<ObjectNode>();
    for (JsonNode port : service.path("ports")) {
      ObjectNode one = Json.object();
      ComposeService.copy(port, "protocol", one, "Protocol");
      ComposeService.copy(port, "target", one, "TargetPort");
      ComposeService.copy(port, "published", one, "PublishedPort");
      ComposeService.copy(port, "mode", one, "PublishMode");
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
