package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.Human;
import swarm.cli.spec.InvalidValueException;

/// `swarm container ...`: what is about single containers, and `prune`.
public final class ContainerGroup {
  private ContainerGroup() {}

  public static CommandSpec container() {
    return Cmd.group(
        "container",
        "Manage containers",
        AttachCommands.attach(),
        ContainerFileCommands.commit(),
        CopyCommand.cp(),
        RunCommand.create(),
        ContainerFileCommands.diff(),
        ExecCommand.exec(),
        ContainerFileCommands.export(),
        ContainerCommands.inspect("container"),
        ContainerCommands.kill(),
        ContainerLogs.logs(),
        ContainerCommands.list("ls"),
        ContainerFacts.pause(),
        ContainerFacts.port(),
        prune(),
        ContainerFacts.rename(),
        ContainerCommands.restart(),
        ContainerCommands.rm(),
        RunCommand.run(),
        AttachCommands.start(),
        StatsCommand.stats(),
        ContainerCommands.stop(),
        ContainerFacts.top(),
        ContainerFacts.unpause(),
        UpdateCommand.update(),
        ContainerFacts.await());
  }

  private static CommandSpec prune() {
    return Cmd.named("prune", "Remove all stopped containers")
        .arguments("", 0, 0)
        .list("--filter", "filter", "Provide filter values (e.g. \"until=<timestamp>\")")
        .flag("-f --force", "Do not prompt for confirmation")
        .example("swarm container prune --force --filter until=24h")
        .runs(ContainerGroup::prune);
  }

  private static int prune(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (!call.flag("--force")
        && !Confirmation.given(call, "WARNING! This will remove all stopped containers.")) {
      return Confirmation.REFUSED;
    }
    JsonNode pruned = call.api().post(Target.of("/containers/prune").withFilters(call.filters()));
    JsonNode deleted = pruned.path("ContainersDeleted");
    if (!deleted.isEmpty()) {
      call.out().println("Deleted Containers:");
      deleted.forEach(id -> call.out().println(id.asText()));
      call.out().println();
    }
    call.out()
        .println("Total reclaimed space: " + Human.size(pruned.path("SpaceReclaimed").asLong()));
    return 0;
  }
}
