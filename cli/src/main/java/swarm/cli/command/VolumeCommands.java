package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.Human;
import swarm.cli.render.Tables;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;

/// `swarm volume ...`.
public final class VolumeCommands {
  private static final int MANY = Integer.MAX_VALUE;

  private VolumeCommands() {}

  public static CommandSpec volume() {
    return Cmd.group(
        "volume",
        "Manage volumes",
        Cmd.named("create", "Create a volume")
            .arguments("[VOLUME]", 0, 1)
            .text("-d --driver", "string", "Specify volume driver name (default \"local\")")
            .list("--label", "list", "Set metadata for a volume")
            .text("--name", "string", "Specify volume name")
            .list("-o --opt", "map", "Set driver specific options")
            .example("swarm volume create data")
            .runs(VolumeCommands::create),
        Cmd.named("inspect", "Display detailed information on one or more volumes")
            .arguments("VOLUME [VOLUME...]", 1, MANY)
            .text("-f --format", "string", "'json' or a template")
            .example("swarm volume inspect data")
            .runs(
                call ->
                    Output.inspect(
                        call,
                        call.arguments(),
                        name -> call.api().get(Target.of("/volumes", name)))),
        Cmd.named("ls", "List volumes")
            .list("-f --filter", "filter", "Provide filter values (e.g. \"dangling=true\")")
            .text("--format", "string", "'table', 'json' or a template")
            .flag("-q --quiet", "Only display volume names")
            .example("swarm volume ls --filter dangling=true")
            .runs(
                call ->
                    Output.list(
                        call,
                        Tables.volumes(
                            call.api()
                                .get(Target.of("/volumes").withFilters(call.filters()))
                                .path("Volumes")))),
        Cmd.named("prune", "Remove unused local volumes")
            .flag("-a --all", "Remove all unused volumes, not just anonymous ones")
            .list("--filter", "filter", "Provide filter values (e.g. \"label=<label>\")")
            .flag("-f --force", "Do not prompt for confirmation")
            .example("swarm volume prune --all")
            .runs(VolumeCommands::prune),
        Cmd.named("rm", "Remove one or more volumes")
            .arguments("VOLUME [VOLUME...]", 1, MANY)
            .flag("-f --force", "Force the removal of one or more volumes")
            .example("swarm volume rm data")
            .runs(
                call ->
                    Output.each(
                        call,
                        name ->
                            call.api()
                                .delete(
                                    Target.of("/volumes", name)
                                        .withFlag("force", call.flag("--force"))))));
  }

  private static int create(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    ObjectNode body = Json.object();
    if (!call.arguments().isEmpty()) {
      if (call.given("--name")) {
        throw new InvalidValueException(
            "conflicting options: cannot specify a volume-name through both --name and as a"
                + " positional arg");
      }
      body.put("Name", call.arguments().getFirst());
    } else if (call.given("--name")) {
      body.put("Name", call.text("--name"));
    }
    body.put("Driver", call.given("--driver") ? call.text("--driver") : "local");
    put(body, "DriverOpts", KeyValues.map(call.list("--opt"), "-o, --opt"));
    put(body, "Labels", KeyValues.map(call.list("--label"), "--label"));
    call.out().println(call.api().post(Target.of("/volumes/create"), body).path("Name").asText());
    return 0;
  }

  private static void put(ObjectNode body, String field, ObjectNode map) {
    if (!map.isEmpty()) {
      body.set(field, map);
    }
  }

  private static int prune(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    Map<String, List<String>> filters = call.filters();
    if (call.flag("--all")) {
      filters.put("all", List.of("true"));
    }
    if (!call.flag("--force")) {
      String what = call.flag("--all") ? "all" : "anonymous";
      String warning =
          "WARNING! This will remove "
              + what
              + " local volumes not used by at least one container.";
      if (!Confirmation.given(call, warning)) {
        return Confirmation.REFUSED;
      }
    }
    JsonNode gone = call.api().post(Target.of("/volumes/prune").withFilters(filters));
    if (!gone.path("VolumesDeleted").isEmpty()) {
      call.out().println("Deleted Volumes:");
      gone.path("VolumesDeleted").forEach(name -> call.out().println(name.asText()));
      call.out().println();
    }
    call.out()
        .println("Total reclaimed space: " + Human.size(gone.path("SpaceReclaimed").asLong()));
    return 0;
  }
}
