package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.NetworkSpecs;

/// `swarm network ...`.
public final class NetworkCommands {
  private static final int MANY = Integer.MAX_VALUE;
  private static final String WITHOUT_MESH =
      "WARNING! Before removing the routing-mesh network, make sure all the nodes in your swarm run"
          + " the same version. Otherwise, removal may not be effective and functionality of newly"
          + " created ingress networks will be impaired.";

  private NetworkCommands() {}

  public static CommandSpec network() {
    return Cmd.group(
        "network",
        "Manage networks",
        connect(),
        create(),
        diagnose(),
        disconnect(),
        inspect(),
        list(),
        prune(),
        Cmd.named("rm", "Remove one or more networks")
            .arguments("NETWORK [NETWORK...]", 1, MANY)
            .flag("-f --force", "Do not error if the network does not exist")
            .example("swarm network rm backend")
            .runs(NetworkCommands::remove));
  }

  private static CommandSpec create() {
    return Cmd.named("create", "Create a network")
        .arguments("NETWORK", 1, 1)
        .flag("--attachable", "Enable manual container attachment")
        .list("--aux-address", "map", "Auxiliary IPv4 or IPv6 addresses used by Network driver")
        .text("-d --driver", "string", "Driver to manage the Network (default \"bridge\")")
        .list("--gateway", "strings", "IPv4 or IPv6 Gateway for the master subnet")
        .flag("--ingress", "Create swarm routing-mesh network")
        .flag("--internal", "Restrict external access to the network")
        .list("--ip-range", "strings", "Allocate container ip from a sub-range")
        .text("--ipam-driver", "string", "IP Address Management Driver (default \"default\")")
        .list("--ipam-opt", "map", "Set IPAM driver specific options")
        .flag("--ipv4", "Enable or disable IPv4 address assignment")
        .flag("--ipv6", "Enable or disable IPv6 address assignment")
        .list("--label", "list", "Set metadata on a network")
        .list("-o --opt", "map", "Set driver specific options")
        .text("--scope", "string", "Control the network's scope")
        .list("--subnet", "strings", "Subnet in CIDR format that represents a network segment")
        .example(
            "swarm network create backend",
            "swarm network create --subnet 10.9.8.0/24 --gateway 10.9.8.1 frontend")
        .runs(
            call -> {
              ObjectNode body = NetworkSpecs.create(call, call.arguments().getFirst());
              JsonNode made = call.api().post(Target.of("/networks/create"), body);
              call.out().println(made.path("Id").asText());
              return 0;
            });
  }

  private static CommandSpec diagnose() {
    return Cmd.named("diagnose", "Try every node's way to all others, and say what is wrong")
        .arguments("", 0, 0)
        .text("--from", "node", "Try from this node only")
        .text("--format", "string", "'json' for all that the nodes found")
        .example("swarm network diagnose --from worker2")
        .runs(NetworkCommands::diagnose);
  }

  /// Ends with 1 where something is wrong.
  private static int diagnose(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String format = call.text("--format");
    if (!format.isEmpty() && !format.equals("json")) {
      throw InvalidValueException.of(format, "--format", "use json");
    }
    JsonNode found =
        call.api().post(Target.of("/swarm/diagnose").withGiven("from", call.text("--from")));
    if (format.equals("json")) {
      call.out().println(found);
    }
    boolean wrong = false;
    for (JsonNode finding : found.path("Findings")) {
      boolean bad = finding.path("Wrong").asBoolean();
      wrong |= bad;
      if (format.isEmpty()) {
        call.out().println((bad ? "WRONG: " : "") + finding.path("Text").asText());
      }
    }
    return wrong ? 1 : 0;
  }

  private static CommandSpec connect() {
    return Cmd.named("connect", "Connect a container to a network")
        .arguments("NETWORK CONTAINER", 2, 2)
        .list("--alias", "strings", "Add network-scoped alias for the container")
        .list("--driver-opt", "strings", "driver options for the network")
        .text("--gw-priority", "int", "Highest gw-priority provides the default gateway")
        .text("--ip", "string", "IPv4 address (e.g., \"172.30.100.104\")")
        .text("--ip6", "string", "IPv6 address (e.g., \"2001:db8::33\")")
        .list("--link", "list", "Add link to another container")
        .list("--link-local-ip", "strings", "Add a link-local address for the container")
        .example("swarm network connect --alias db backend web")
        .runs(
            call -> {
              ObjectNode body = NetworkSpecs.connect(call, call.arguments().get(1));
              call.api().post(Target.of("/networks", call.arguments().getFirst(), "connect"), body);
              return 0;
            });
  }

  private static CommandSpec disconnect() {
    return Cmd.named("disconnect", "Disconnect a container from a network")
        .arguments("NETWORK CONTAINER", 2, 2)
        .flag("-f --force", "Force the container to disconnect from a network")
        .example("swarm network disconnect backend web")
        .runs(
            call -> {
              ObjectNode body = Json.object();
              body.put("Container", call.arguments().get(1));
              body.put("Force", call.flag("--force"));
              call.api()
                  .post(Target.of("/networks", call.arguments().getFirst(), "disconnect"), body);
              return 0;
            });
  }

  private static CommandSpec inspect() {
    return Cmd.named("inspect", "Display detailed information on one or more networks")
        .arguments("NETWORK [NETWORK...]", 1, MANY)
        .text("-f --format", "string", "'json' or a template")
        .flag("-v --verbose", "Verbose output for diagnostics")
        .example("swarm network inspect ingress")
        .runs(
            call ->
                Output.inspect(
                    call,
                    call.arguments(),
                    name ->
                        call.api()
                            .get(
                                Target.of("/networks", name)
                                    .withFlag("verbose", call.flag("--verbose")))));
  }

  private static CommandSpec list() {
    return Cmd.named("ls", "List networks")
        .list("-f --filter", "filter", "Filter output based on conditions provided")
        .text("--format", "string", "'table', 'json' or a template")
        .flag("--no-trunc", "Do not truncate the output")
        .flag("-q --quiet", "Only display network IDs")
        .example("swarm network ls --filter driver=overlay")
        .runs(
            call ->
                Output.list(
                    call,
                    Tables.networks(
                        call.api().get(Target.of("/networks").withFilters(call.filters())),
                        !call.flag("--no-trunc"))));
  }

  /// With `--force` one that is not there is none to be named, and no failure.
  private static int remove(Invocation call) throws IOException, InvalidValueException {
    int status = 0;
    for (String name : call.arguments()) {
      try {
        if (isIngress(call, name) && !Confirmation.given(call, WITHOUT_MESH)) {
          continue;
        }
        call.api().delete(Target.of("/networks", name));
        call.out().println(name);
      } catch (DaemonException e) {
        if (e.status() != Output.NOT_FOUND || !call.flag("--force")) {
          call.out().flush();
          call.err().println(Failures.daemon(e));
          status = 1;
        }
      }
    }
    return status;
  }

  /// A node that cannot be asked says so when it is to remove it.
  private static boolean isIngress(Invocation call, String name) throws IOException {
    try {
      return call.api().get(Target.of("/networks", name)).path("Ingress").asBoolean();
    } catch (DaemonException _) {
      return false;
    }
  }

  private static CommandSpec prune() {
    return Cmd.named("prune", "Remove all unused networks")
        .arguments("", 0, 0)
        .list("--filter", "filter", "Provide filter values (e.g. \"until=<timestamp>\")")
        .flag("-f --force", "Do not prompt for confirmation")
        .example("swarm network prune --force")
        .runs(NetworkCommands::prune);
  }

  private static int prune(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (!call.flag("--force")
        && !Confirmation.given(
            call,
            "WARNING! This will remove all custom networks not used by at least one container.")) {
      return Confirmation.REFUSED;
    }
    JsonNode deleted =
        call.api()
            .post(Target.of("/networks/prune").withFilters(call.filters()))
            .path("NetworksDeleted");
    if (!deleted.isEmpty()) {
      call.out().println("Deleted Networks:");
      deleted.forEach(name -> call.out().println(name.asText()));
      call.out().println();
    }
    return 0;
  }
}
