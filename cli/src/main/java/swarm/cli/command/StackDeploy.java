package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.compose.Stack;
import swarm.cli.compose.StackNames;
import swarm.cli.render.Advice;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;

/// `swarm stack deploy`: creates what is missing and updates what is there, in the order of
/// Docker's command: networks, secrets, configs, services.
final class StackDeploy {
  private final Invocation call;
  private final Stack stack;

  private StackDeploy(Invocation call, Stack stack) {
    this.call = call;
    this.stack = stack;
  }

  static int run(Invocation call) throws IOException, DaemonException, InvalidValueException {
    String name = StackCommands.name(call);
    StackFiles files = StackFiles.load(call, true);
    files.file().warnings().forEach(call.err()::println);
    Stack stack = files.stack(name);
    resolution(call);
    var deploy = new StackDeploy(call, stack);
    if (call.flag("--dry-run")) {
      deploy.check();
      return StackPreview.run(call, stack);
    }
    if (!call.given("--detach")) {
      call.err()
          .println(
              "Since --detach=false was not specified, tasks will be created in the background.\n"
                  + "In a future release, --detach=false will become the default.");
    }
    deploy.check();
    return deploy.all();
  }

  /// @return `always`, `changed` or `never`
  static String resolution(Invocation call) throws InvalidValueException {
    String given = call.given("--resolve-image") ? call.text("--resolve-image") : "always";
    if (!Set.of("always", "changed", "never").contains(given)) {
      throw new InvalidValueException("Invalid option " + given + " for flag --resolve-image");
    }
    return given;
  }

  private void check() throws IOException, DaemonException, InvalidValueException {
    if (!call.api().get(Target.of("/info")).at("/Swarm/ControlAvailable").asBoolean()) {
      throw new InvalidValueException(
          Advice.ours(
              "this node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\""
                  + " to connect this node to swarm and try again"));
    }
  }

  private int all() throws IOException, DaemonException, InvalidValueException {
    if (call.flag("--prune")) {
      var gone = new ArrayList<JsonNode>();
      services(call, stack)
          .forEach(
              (name, service) -> {
                if (!stack.services().containsKey(name)) {
                  gone.add(service);
                }
              });
      StackRemove.each(call, "service", gone);
    }
    external(call, stack);
    networks();
    payloads("secret", stack.secrets());
    payloads("config", stack.configs());
    List<JsonNode> changed = services();
    int status = 0;
    if (!StackCommands.detached(call)) {
      for (JsonNode service : changed) {
        status = Math.max(status, ServiceWait.run(call, service, call.flag("--quiet")));
      }
    }
    return status;
  }

  /// The stack's services by name.
  static SortedMap<String, JsonNode> services(Invocation call, Stack stack)
      throws IOException, DaemonException {
    var all = new TreeMap<String, JsonNode>();
    Target target = Target.of("/services").withFilters(StackCommands.filter(stack.names().stack()));
    for (JsonNode service : call.api().get(target)) {
      all.put(service.at("/Spec/Name").asText(), service);
    }
    return all;
  }

  /// Names of the stack's networks.
  static Set<String> networks(Invocation call, Stack stack) throws IOException, DaemonException {
    var all = new java.util.TreeSet<String>();
    Target target = Target.of("/networks").withFilters(StackCommands.filter(stack.names().stack()));
    call.api().get(target).forEach(network -> all.add(network.path("Name").asText()));
    return all;
  }

  static void external(Invocation call, Stack stack)
      throws IOException, DaemonException, InvalidValueException {
    for (String name : stack.external()) {
      if (StackNames.ofTheHost(name)) {
        continue;
      }
      JsonNode network = existing(call, "network", name);
      if (network.isMissingNode()) {
        throw new InvalidValueException(
            "network \""
                + name
                + "\" is declared as external, but could not be found. You need to create a"
                + " swarm-scoped network before the stack is deployed");
      }
      String scope = network.path("Scope").asText();
      if (!scope.equals("swarm")) {
        throw new InvalidValueException(
            "network \""
                + name
                + "\" is declared as external, but it is not in the right scope: \""
                + scope
                + "\" instead of \"swarm\"");
      }
    }
  }

  /// @return missing where there is none
  static JsonNode existing(Invocation call, String kind, String name)
      throws IOException, DaemonException {
    try {
      return call.api().get(Target.of("/" + kind + "s", name));
    } catch (DaemonException e) {
      if (e.status() == Output.NOT_FOUND) {
        return Json.object().path("none");
      }
      throw e;
    }
  }

  private void networks() throws IOException, DaemonException, InvalidValueException {
    Set<String> there = networks(call, stack);
    for (var network : stack.networks().entrySet()) {
      if (!there.contains(network.getKey())) {
        say("Creating network " + network.getKey());
        post(
            "failed to create network " + network.getKey(),
            Target.of("/networks/create"),
            Map.of(),
            network.getValue());
      }
    }
  }

  private void payloads(String kind, SortedMap<String, ObjectNode> wanted)
      throws IOException, DaemonException, InvalidValueException {
    for (var each : wanted.entrySet()) {
      String name = each.getKey();
      JsonNode there = existing(call, kind, name);
      if (there.isMissingNode()) {
        say("Creating " + kind + " " + name);
        post(
            "failed to create " + kind + " " + name,
            Target.of("/" + kind + "s/create"),
            Map.of(),
            each.getValue());
      } else {
        post(
            "failed to update " + kind + " " + name,
            Target.of("/" + kind + "s", there.path("ID").asText(), "update")
                .with("version", there.at("/Version/Index").asLong()),
            Map.of(),
            each.getValue());
      }
    }
  }

  /// @return the services as they were before; of new ones their ids
  private List<JsonNode> services() throws IOException, DaemonException, InvalidValueException {
    SortedMap<String, JsonNode> there = services(call, stack);
    var changed = new ArrayList<JsonNode>();
    for (String name : stack.order()) {
      ObjectNode spec = Objects.requireNonNull(stack.services().get(name)).deepCopy();
      JsonNode service = there.get(name);
      ServicePayloads.resolve(call, spec);
      Map<String, String> headers = ServiceImage.headers(call, spec);
      if (service == null) {
        say("Creating service " + name);
        resolve(call, spec, null, headers);
        JsonNode made =
            post("failed to create service " + name, Target.of("/services/create"), headers, spec);
        Output.warnings(call, made);
        changed.add(made);
      } else {
        String id = service.path("ID").asText();
        say("Updating service " + name + " (id: " + id + ")");
        resolve(call, spec, service, headers);
        JsonNode answer =
            post(
                "failed to update service " + name,
                Target.of("/services", id, "update")
                    .with("version", service.at("/Version/Index").asLong()),
                headers,
                spec);
        Output.warnings(call, answer);
        changed.add(service);
      }
    }
    return changed;
  }

  /// Fills in which image a service runs, and what must not change because it is deployed again.
  ///
  /// @param service as it is; null where it is new
  static void resolve(
      Invocation call,
      ObjectNode spec,
      @org.jspecify.annotations.Nullable JsonNode service,
      Map<String, String> headers)
      throws IOException, InvalidValueException {
    String resolution = resolution(call);
    ObjectNode container = (ObjectNode) spec.at("/TaskTemplate/ContainerSpec");
    String image = container.path("Image").asText();
    container.put("Image", ImageName.parse(image).familiar());
    if (service == null) {
      if (!resolution.equals("never")) {
        ServiceImage.resolve(call, spec, headers);
      }
      return;
    }
    JsonNode before = service.path("Spec");
    JsonNode task = before.path("TaskTemplate");
    ObjectNode template = (ObjectNode) spec.path("TaskTemplate");
    if (task.has("ForceUpdate")) {
      template.set("ForceUpdate", task.path("ForceUpdate"));
    }
    boolean same = before.path("Labels").path(StackNames.IMAGE).asText("").equals(image);
    if (resolution.equals("always") || (resolution.equals("changed") && !same)) {
      ServiceImage.resolve(call, spec, headers);
    } else if (same) {
      container.set("Image", task.at("/ContainerSpec/Image"));
      JsonNode platforms = task.at("/Placement/Platforms");
      if (!platforms.isMissingNode()) {
        template.withObject("/Placement").set("Platforms", platforms);
      }
    }
  }

  private void say(String text) {
    call.out().println(text);
    call.terminal().flush();
  }

  private JsonNode post(String failure, Target target, Map<String, String> headers, JsonNode body)
      throws IOException, DaemonException, InvalidValueException {
    try {
      return call.api().post(target, headers, body);
    } catch (DaemonException e) {
      throw new InvalidValueException(failure + ": " + Failures.daemon(e));
    }
  }
}
