package swarm.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.spec.ContainerConfigs;
import swarm.cli.spec.HostSettings;
import swarm.cli.spec.InvalidValueException;

/// `swarm container update`: the name `swarm update` is the cluster's.
public final class UpdateCommand {
  private UpdateCommand() {}

  public static CommandSpec update() {
    Cmd cmd =
        Cmd.named("update", "Update configuration of one or more containers")
            .arguments("CONTAINER [CONTAINER...]", 1, Integer.MAX_VALUE)
            .text("-m --memory", "bytes", "Memory limit")
            .text("--cpus", "decimal", "Number of CPUs")
            .text("--pids-limit", "int", "Tune container pids limit (set -1 for unlimited)")
            .text("--restart", "string", "Restart policy to apply when a container exits");
    return HostOptions.limits(cmd)
        .example("swarm container update --memory 512m web")
        .runs(UpdateCommand::run);
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    ObjectNode body = ContainerConfigs.limits(call);
    HostSettings.limits(call, body);
    if (body.isEmpty()) {
      throw new InvalidValueException("you must provide one or more flags when using this command");
    }
    return Output.each(
        call,
        name ->
            Output.warnings(call, call.api().post(Target.of("/containers", name, "update"), body)));
  }
}
