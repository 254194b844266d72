package swarm.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;

/// `swarm network ...`.
public final class NetworkCommands {
  private static final int MANY = Integer.MAX_VALUE;

  private NetworkCommands() {}

  public static CommandSpec network() {
    return Cmd.group(
        "network",
        "Manage networks",
        Cmd.named("create", "Create a network")
            .arguments("NETWORK", 1, 1)
            .text("-d --driver", "string", "Driver to manage the Network (default \"bridge\")")
            .flag("--attachable", "Enable manual container attachment")
            .flag("--internal", "Restrict external access to the network")
            .list("--label", "list", "Set metadata on a network")
            .list("-o --opt", "list", "Set driver specific options")
            .text("--subnet", "CIDR", "Subnet in CIDR format that represents a network segment")
            .text("--gateway", "IP", "Gateway for the subnet")
            .example("swarm network create -d overlay backend")
            .runs(NetworkCommands::create),
        Cmd.named("inspect", "Display detailed information on one or more networks")
            .arguments("NETWORK [NETWORK...]", 1, MANY)
            .text("-f --format", "string", "'json' or a template")
            .example("swarm network inspect ingress")
            .runs(
                call ->
                    Output.inspect(
                        call,
                        call.arguments(),
                        name -> call.api().get(Target.of("/networks", name)))),
        Cmd.named("ls", "List networks")
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
                            !call.flag("--no-trunc")))),
        Cmd.named("rm", "Remove one or more networks")
            .arguments("NETWORK [NETWORK...]", 1, MANY)
            .example("swarm network rm backend")
            .runs(
                call ->
                    Output.each(call, name -> call.api().delete(Target.of("/networks", name)))));
  }

  private static int create(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    ObjectNode body = Json.object();
    body.put("Name", call.arguments().getFirst());
    body.put("Driver", call.given("--driver") ? call.text("--driver") : "bridge");
    body.put("Attachable", call.flag("--attachable")).put("Internal", call.flag("--internal"));
    body.set("Labels", KeyValues.map(call.list("--label"), "--label"));
    body.set("Options", KeyValues.map(call.list("--opt"), "-o, --opt"));
    if (call.given("--subnet")) {
      ObjectNode config = body.putObject("IPAM").putArray("Config").addObject();
      config.put("Subnet", call.text("--subnet"));
      if (call.given("--gateway")) {
        config.put("Gateway", call.text("--gateway"));
      }
    } else if (call.given("--gateway")) {
      throw new InvalidValueException("--gateway needs a --subnet that it is in");
    }
    call.out().println(call.api().post(Target.of("/networks/create"), body).path("Id").asText());
    return 0;
  }
}
