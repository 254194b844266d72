package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.Numbers;

/// How a service of a Compose file is deployed, in the parts of a `ServiceSpec`.
final class StackDeployment {
  private final ComposeService at;
  private final JsonNode deploy;

  StackDeployment(ComposeService at) {
    this.at = at;
    this.deploy = at.json().path("deploy");
  }

  ObjectNode resources() throws ComposeException {
    JsonNode given = deploy.path("resources");
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
          throw at.failure(".deploy.resources." + kind + ".cpus", e.reason());
        }
      }
      if (some.has("memory")) {
        one.put("MemoryBytes", Long.parseLong(some.path("memory").asText()));
      }
      ComposeService.copy(some, "pids", one, "Pids");
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

  /// Of the old form, too: `restart: on-failure:3`.
  void restart(ObjectNode task) throws ComposeException {
    JsonNode policy = deploy.path("restart_policy");
    ObjectNode all = Json.object();
    if (policy.isObject()) {
      ComposeService.copy(policy, "condition", all, "Condition");
      ComposeService.copy(policy, "max_attempts", all, "MaxAttempts");
      if (policy.has("delay")) {
        all.put("Delay", at.nanos(policy, "delay"));
      }
      if (policy.has("window")) {
        all.put("Window", at.nanos(policy, "window"));
      }
      task.set("RestartPolicy", all);
      return;
    }
    String old = at.json().path("restart").asText("");
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
          throw at.failure(
              ".restart", "invalid restart policy format: maximum retry count must be an integer");
        }
        all.put("MaxAttempts", count.isEmpty() ? 0 : Long.parseLong(count));
      }
      default -> throw at.failure(".restart", "unknown restart policy: " + old);
    }
    task.set("RestartPolicy", all);
  }

  ObjectNode placement() {
    JsonNode given = deploy.path("placement");
    ObjectNode all = Json.object();
    ComposeService.copy(given, "constraints", all, "Constraints");
    ComposeService.copy(given, "max_replicas_per_node", all, "MaxReplicas");
    for (JsonNode preference : given.path("preferences")) {
      all.withArray("Preferences")
          .addObject()
          .putObject("Spread")
          .put("SpreadDescriptor", preference.path("spread").asText(""));
    }
    return all;
  }

  ObjectNode mode() throws ComposeException {
    ObjectNode mode = Json.object();
    String word = deploy.path("mode").asText("replicated");
    JsonNode replicas = deploy.get("replicas");
    switch (word) {
      case "replicated" -> {
        ObjectNode one = mode.putObject("Replicated");
        ComposeService.copy(deploy, "replicas", one, "Replicas");
      }
      case "replicated-job" -> {
        ObjectNode one = mode.putObject("ReplicatedJob");
        ComposeService.copy(deploy, "replicas", one, "MaxConcurrent");
        ComposeService.copy(deploy, "replicas", one, "TotalCompletions");
      }
      case "global", "global-job" -> {
        if (replicas != null) {
          throw at.failure(
              ".deploy.replicas",
              "replicas can only be used with replicated or replicated-job mode");
        }
        mode.putObject(word.equals("global") ? "Global" : "GlobalJob");
      }
      default -> throw at.failure(".deploy.mode", "Unknown mode: " + word);
    }
    return mode;
  }

  /// An update's or a rollback's course.
  void rollout(String key, ObjectNode spec, String field) throws ComposeException {
    JsonNode given = deploy.get(key);
    if (given == null) {
      return;
    }
    ObjectNode all = spec.putObject(field);
    all.put("Parallelism", given.path("parallelism").asLong(1));
    if (given.has("delay")) {
      all.put("Delay", at.nanos(given, "delay"));
    }
    if (given.has("monitor")) {
      all.put("Monitor", at.nanos(given, "monitor"));
    }
    ComposeService.copy(given, "failure_action", all, "FailureAction");
    all.put("MaxFailureRatio", given.path("max_failure_ratio").asDouble(0));
    all.put("Order", given.path("order").asText(""));
  }
}
