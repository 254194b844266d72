package swarm.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.spec.InvalidValueException;

/// `swarm help`.
public final class HelpCommand {
  private HelpCommand() {}

  public static CommandSpec help() {
    return Cmd.named("help", "Help about the command")
        .arguments("[COMMAND]", 0, Integer.MAX_VALUE)
        .example("swarm help run", "swarm help network create")
        .runs(HelpCommand::run);
  }

  private static int run(Invocation call) throws InvalidValueException {
    CommandSpec at = call.root();
    for (String name : call.arguments()) {
      CommandLine below = at.subcommands().get(name);
      if (below == null) {
        throw new InvalidValueException(
            "unknown help topic: " + String.join(" ", call.arguments()));
      }
      at = below.getCommandSpec();
    }
    call.print(HelpText.of(at));
    return 0;
  }
}
