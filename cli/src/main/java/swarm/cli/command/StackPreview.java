package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.compose.SpecDiff;
import swarm.cli.compose.Stack;
import swarm.cli.spec.InvalidValueException;

/// `swarm stack deploy --dry-run`: what would change. Reads only.
final class StackPreview {
  private final Invocation call;
  private final Stack stack;

  private StackPreview(Invocation call, Stack stack) {
    this.call = call;
    this.stack = stack;
  }

  static int run(Invocation call, Stack stack)
      throws IOException, DaemonException, InvalidValueException {
    StackDeploy.external(call, stack);
    var preview = new StackPreview(call, stack);
    preview.networks();
    preview.payloads("secret", stack.secrets());
    preview.payloads("config", stack.configs());
    preview.services();
    return 0;
  }

  private void say(String kind, String name, String what) {
    call.out().println(kind + " " + name + ": " + what);
  }

  /// A network that is there stays as it is, as with Docker's command.
  private void networks() throws IOException, DaemonException {
    Set<String> there = StackDeploy.networks(call, stack);
    for (var each : stack.networks().entrySet()) {
      String driver = each.getValue().path("Driver").asText();
      say(
          "Network",
          each.getKey(),
          there.contains(each.getKey()) ? "unchanged" : "would be created (driver " + driver + ")");
    }
  }

  private void payloads(String kind, SortedMap<String, ObjectNode> wanted)
      throws IOException, DaemonException {
    String title = kind.equals("secret") ? "Secret" : "Config";
    for (var each : wanted.entrySet()) {
      JsonNode there = StackDeploy.existing(call, kind, each.getKey());
      if (there.isMissingNode()) {
        say(title, each.getKey(), "would be created");
        continue;
      }
      // what is secret is not told: an update with other data is refused by the daemon
      ObjectNode before = plain(there.path("Spec"), kind);
      ObjectNode after = plain(each.getValue(), kind);
      List<SpecDiff.Change> changes = SpecDiff.between(before, after);
      String data = kind.equals("secret") ? " (but for its data, which cannot be read)" : "";
      say(
          title,
          each.getKey(),
          changes.isEmpty()
              ? "unchanged" + data
              : changes.stream().anyMatch(change -> change.path().equals("Data"))
                  ? "would be refused: a config's data cannot change; give it another name"
                  : "would be updated");
      changes.stream()
          .filter(change -> !change.path().equals("Data"))
          .forEach(change -> call.out().println("  " + change));
    }
  }

  private static ObjectNode plain(JsonNode spec, String kind) {
    ObjectNode all = spec instanceof ObjectNode object ? object.deepCopy() : Json.object();
    if (kind.equals("secret")) {
      all.remove("Data");
    }
    return all;
  }

  private void services() throws IOException, DaemonException, InvalidValueException {
    SortedMap<String, JsonNode> there = StackDeploy.services(call, stack);
    for (var each : stack.services().entrySet()) {
      ObjectNode spec = each.getValue().deepCopy();
      JsonNode service = there.get(each.getKey());
      StackDeploy.resolve(call, spec, service, ServiceImage.headers(call, spec));
      if (service == null) {
        String image = spec.at("/TaskTemplate/ContainerSpec/Image").asText();
        say("Service", each.getKey(), "would be created (image " + image + ")");
        continue;
      }
      List<SpecDiff.Change> changes = SpecDiff.between(service.path("Spec"), named(service, spec));
      if (changes.isEmpty()) {
        boolean again = runsAgain(spec);
        say("Service", each.getKey(), again ? "unchanged, would run again" : "unchanged");
        continue;
      }
      String id = service.path("ID").asText();
      say("Service", each.getKey(), "would be updated (id: " + id + ")");
      changes.forEach(change -> call.out().println("  " + change));
    }
    for (String name : there.keySet()) {
      if (!stack.services().containsKey(name)) {
        say(
            "Service",
            name,
            call.flag("--prune") ? "would be removed" : "not in the file; --prune would remove it");
      }
    }
  }

  /// A job runs with every update, but for one that has a schedule.
  private static boolean runsAgain(JsonNode spec) {
    JsonNode mode = spec.path("Mode");
    boolean job = mode.has("ReplicatedJob") || mode.has("GlobalJob");
    return job && spec.at("/Labels/swarm.schedule").asText().isEmpty();
  }

  /// The daemon keeps a service's networks by their ids.
  private ObjectNode named(JsonNode service, ObjectNode spec) throws IOException, DaemonException {
    JsonNode before = service.at("/Spec/TaskTemplate/Networks");
    for (JsonNode network : spec.at("/TaskTemplate/Networks")) {
      String target = network.path("Target").asText();
      JsonNode found = StackDeploy.existing(call, "network", target);
      String id = found.path("Id").asText("");
      for (JsonNode old : before) {
        if (!id.isEmpty() && old.path("Target").asText().equals(id)) {
          ((ObjectNode) network).put("Target", id);
        }
      }
    }
    return spec;
  }
}
