package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.NodeText;
import swarm.cli.render.Tables;
import swarm.cli.render.Warnings;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;

/// `swarm node ...`.
public final class NodeCommands {
  private static final int MANY = Integer.MAX_VALUE;

  private NodeCommands() {}

  public static CommandSpec node() {
    return Cmd.group(
        "node",
        "Manage Swarm nodes",
        Cmd.named("ls", "List nodes in the swarm")
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("-q --quiet", "Only display IDs")
            .example("swarm node ls --filter role=manager")
            .runs(NodeCommands::list),
        Cmd.named("ps", "List tasks running on one or more nodes, defaults to current node")
            .arguments("[NODE...]", 0, MANY)
            .list("-f --filter", "filter", "Filter output based on conditions provided")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("--no-resolve", "Do not map IDs to Names")
            .flag("--no-trunc", "Do not truncate output")
            .flag("-q --quiet", "Only display task IDs")
            .example("swarm node ps node1")
            .runs(NodeCommands::tasks),
        Cmd.named("inspect", "Display detailed information on one or more nodes")
            .arguments("self|NODE [NODE...]", 1, MANY)
            .text("-f --format", "string", "'json' or a template")
            .flag("--pretty", "Print the information in a human friendly format")
            .example(
                "swarm node inspect self --pretty",
                "swarm node inspect self --format '{{.Status.Addr}}'")
            .runs(
                call ->
                    Output.inspect(
                        call, name -> call.api().get(Target.of("/nodes", name)), NodeText::of)),
        Cmd.named("update", "Update a node")
            .arguments("NODE", 1, 1)
            .text("--availability", "string", "\"active\", \"pause\" or \"drain\"")
            .text("--role", "string", "\"worker\" or \"manager\"")
            .list("--label-add", "list", "Add or update a node label (key=value)")
            .list("--label-rm", "list", "Remove a node label if exists")
            .example("swarm node update --availability drain node1")
            .runs(
                call -> {
                  update(call, call.arguments().getFirst(), false, spec -> change(call, spec));
                  call.out().println(call.arguments().getFirst());
                  return 0;
                }),
        role(
            Cmd.named("promote", "Promote one or more nodes to manager in the swarm")
                .example("swarm node promote node2"),
            "manager"),
        role(
            Cmd.named("demote", "Demote one or more nodes from manager in the swarm")
                .flag("-f --force", "Demote even where the managers lose their quorum by it")
                .example("swarm node demote node2"),
            "worker"),
        Cmd.named("rm", "Remove one or more nodes from the swarm")
            .arguments("NODE [NODE...]", 1, MANY)
            .flag("-f --force", "Force remove a node from the swarm")
            .example("swarm node rm --force node3")
            .runs(
                call ->
                    Output.each(
                        call,
                        name ->
                            call.api()
                                .delete(
                                    Target.of("/nodes", name)
                                        .withFlag("force", call.flag("--force"))))));
  }

  private static CommandSpec role(Cmd command, String role) {
    return command
        .arguments("NODE [NODE...]", 1, MANY)
        .runs(
            call -> {
              for (String name : call.arguments()) {
                boolean force = role.equals("worker") && call.flag("--force");
                update(call, name, force, spec -> spec.put("Role", role));
                call.out()
                    .println(
                        role.equals("manager")
                            ? "Node " + name + " promoted to a manager in the swarm."
                            : "Manager " + name + " demoted in the swarm.");
              }
              return 0;
            });
  }

  private static int list(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    JsonNode nodes = call.api().get(Target.of("/nodes").withFilters(call.filters()));
    String self = "";
    if (!call.flag("--quiet")) {
      self = call.api().get(Target.of("/info")).at("/Swarm/NodeID").asText("");
    }
    int status = Output.list(call, Tables.nodes(nodes, self));
    if (!call.flag("--quiet") && !call.given("--format")) {
      Warnings.ofNodes(nodes).forEach(call.err()::println);
    }
    return status;
  }

  private static int tasks(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    List<String> nodes = call.arguments().isEmpty() ? List.of("self") : call.arguments();
    var tasks = new ArrayList<JsonNode>();
    for (String name : nodes) {
      String id = call.api().get(Target.of("/nodes", name)).path("ID").asText();
      Map<String, List<String>> filters = call.filters();
      filters.put("node", List.of(id));
      call.api().get(Target.of("/tasks").withFilters(filters)).forEach(tasks::add);
    }
    return TaskList.print(call, tasks);
  }

  @FunctionalInterface
  private interface Change {
    void apply(ObjectNode spec) throws InvalidValueException;
  }

  private static void update(Invocation call, String name, boolean force, Change change)
      throws IOException, DaemonException, InvalidValueException {
    JsonNode node = call.api().get(Target.of("/nodes", name));
    ObjectNode spec = (ObjectNode) node.path("Spec");
    change.apply(spec);
    call.api()
        .post(
            Target.of("/nodes", node.path("ID").asText(), "update")
                .with("version", node.at("/Version/Index").asLong())
                .withFlag("force", force),
            spec);
  }

  private static void change(Invocation call, ObjectNode spec) throws InvalidValueException {
    if (call.given("--availability")) {
      spec.put("Availability", call.text("--availability"));
    }
    if (call.given("--role")) {
      spec.put("Role", call.text("--role"));
    }
    ObjectNode labels = spec.withObject("/Labels");
    for (String key : call.list("--label-rm")) {
      if (labels.remove(key) == null) {
        throw new InvalidValueException("key " + key + " doesn't exist in node's labels");
      }
    }
    labels.setAll(KeyValues.map(call.list("--label-add"), "--label-add"));
  }
}
