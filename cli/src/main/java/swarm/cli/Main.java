package swarm.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import swarm.cli.command.DaemonCommand;
import swarm.cli.command.PlaygroundCommand;
import swarm.cli.command.TrainCommand;

/// The one program that every machine runs.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /// Every command. Built in code: picocli's annotations cost more start-up time than all else.
  static CommandLine commandLine() {
    CommandSpec root = CommandSpec.create().name("swarm");
    // Not mixinStandardHelpOptions: that reads annotations, at the price of every other class.
    root.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help").build());
    root.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Show the version")
            .build());
    root.usageMessage().description("Containers and services on a cluster of machines.");
    var line = new CommandLine(root);
    line.addSubcommand(DaemonCommand.spec());
    line.addSubcommand(PlaygroundCommand.spec());
    line.addSubcommand(TrainCommand.spec(Main::commandLine));
    line.setExecutionStrategy(
        parsed -> {
          if (CommandLine.printHelpIfRequested(parsed)) {
            return 0;
          }
          CommandLine.ParseResult last = parsed;
          while (last.hasSubcommand()) {
            last = last.subcommand();
          }
          Object command = last.commandSpec().userObject();
          if (command instanceof Action action) {
            return action.run(last);
          }
          last.commandSpec().commandLine().usage(System.err);
          return 1;
        });
    return line;
  }

  /// What a command does once its options are read.
  @FunctionalInterface
  public interface Action {
    /// @return the exit status
    int run(CommandLine.ParseResult options) throws CommandLine.ExecutionException;
  }
}
