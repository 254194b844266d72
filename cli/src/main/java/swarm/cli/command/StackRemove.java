package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.InvalidValueException;

/// `swarm stack rm`.
final class StackRemove {
  private static final long PAUSE_MILLIS = 200;

  private static final Set<String> ENDED =
      Set.of("complete", "shutdown", "failed", "rejected", "remove", "orphaned");

  private StackRemove() {}

  static int run(Invocation call) throws IOException, DaemonException, InvalidValueException {
    for (String stack : call.arguments()) {
      StackCommands.check(stack);
    }
    var failed = new ArrayList<String>();
    for (String stack : call.arguments()) {
      if (!remove(call, stack)) {
        failed.add("failed to remove some resources from stack: " + stack);
      }
    }
    if (!failed.isEmpty()) {
      throw new InvalidValueException(String.join("\n", failed));
    }
    return 0;
  }

  /// @return whether all could be removed
  private static boolean remove(Invocation call, String stack) throws IOException, DaemonException {
    List<JsonNode> services = find(call, "service", stack);
    List<JsonNode> secrets = find(call, "secret", stack);
    List<JsonNode> configs = find(call, "config", stack);
    List<JsonNode> networks = find(call, "network", stack);
    if (services.isEmpty() && secrets.isEmpty() && configs.isEmpty() && networks.isEmpty()) {
      call.err().println("Nothing found in stack: " + stack);
      return true;
    }
    boolean all = each(call, "service", services);
    all &= each(call, "secret", secrets);
    all &= each(call, "config", configs);
    all &= each(call, "network", networks);
    if (all && !StackCommands.detached(call)) {
      call.terminal().flush();
      ended(call, stack);
    }
    return all;
  }

  /// By name.
  private static List<JsonNode> find(Invocation call, String kind, String stack)
      throws IOException, DaemonException {
    var all = new ArrayList<JsonNode>();
    call.api()
        .get(Target.of("/" + kind + "s").withFilters(StackCommands.filter(stack)))
        .forEach(all::add);
    all.sort(java.util.Comparator.comparing(StackRemove::name));
    return all;
  }

  private static String name(JsonNode thing) {
    return thing.path("Name").asText(thing.at("/Spec/Name").asText());
  }

  /// Removes each, and goes on after a failure.
  ///
  /// @return whether all could be removed
  static boolean each(Invocation call, String kind, List<JsonNode> things) throws IOException {
    boolean all = true;
    for (JsonNode thing : things) {
      String id = thing.path("ID").asText(thing.path("Id").asText());
      call.out().println("Removing " + kind + " " + name(thing));
      try {
        call.api().delete(Target.of("/" + kind + "s", id));
      } catch (DaemonException e) {
        call.out().flush();
        call.err().println("Failed to remove " + kind + " " + id + ": " + Failures.daemon(e));
        all = false;
      }
    }
    return all;
  }

  private static void ended(Invocation call, String stack) throws IOException, DaemonException {
    Target target = Target.of("/tasks").withFilters(StackCommands.filter(stack));
    while (true) {
      boolean running = false;
      for (JsonNode task : call.api().get(target)) {
        running |= !ENDED.contains(task.at("/Status/State").asText());
      }
      if (!running) {
        return;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
