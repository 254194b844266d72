package swarm.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import swarm.cli.command.AttachCommands;
import swarm.cli.command.BuildCommand;
import swarm.cli.command.ClientCommand;
import swarm.cli.command.ClientSettings;
import swarm.cli.command.ContainerCommands;
import swarm.cli.command.ContainerFacts;
import swarm.cli.command.ContainerFileCommands;
import swarm.cli.command.ContainerGroup;
import swarm.cli.command.ContainerLogs;
import swarm.cli.command.CopyCommand;
import swarm.cli.command.DaemonCommand;
import swarm.cli.command.ExactArguments;
import swarm.cli.command.ExecCommand;
import swarm.cli.command.Failures;
import swarm.cli.command.HelpCommand;
import swarm.cli.command.HelpText;
import swarm.cli.command.ImageCommands;
import swarm.cli.command.LoginCommands;
import swarm.cli.command.NetworkCommands;
import swarm.cli.command.NodeCommands;
import swarm.cli.command.PayloadCommands;
import swarm.cli.command.PlaygroundCommand;
import swarm.cli.command.PullCommand;
import swarm.cli.command.RecoveryCommands;
import swarm.cli.command.RootCommand;
import swarm.cli.command.RunCommand;
import swarm.cli.command.SaveCommand;
import swarm.cli.command.SearchCommand;
import swarm.cli.command.ServiceCommands;
import swarm.cli.command.ServiceLogs;
import swarm.cli.command.StackCommands;
import swarm.cli.command.StatsCommand;
import swarm.cli.command.SwarmCommands;
import swarm.cli.command.SystemCommands;
import swarm.cli.command.Terminal;
import swarm.cli.command.TrainCommand;
import swarm.cli.command.VolumeCommands;

/// The one program that every machine runs.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    // A daemon keeps its commands in memory as long as it lives: it needs but its own.
    boolean daemon = args.length > 0 && args[0].equals("daemon");
    int status =
        daemon
            ? daemonLine(terminal).execute(args)
            : commandLine(terminal).execute(ExactArguments.of(args));
    terminal.out().flush();
    terminal.err().flush();
    System.exit(status);
  }

  private static CommandLine daemonLine(Terminal terminal) {
    var line = new CommandLine(root());
    line.addSubcommand(DaemonCommand.spec());
    return configured(line, terminal);
  }

  /// Every command. Built in code: picocli's annotations cost more start-up time than all else.
  static CommandLine commandLine(Terminal terminal) {
    var line = new CommandLine(root());
    line.addSubcommand(DaemonCommand.spec());
    line.addSubcommand(PlaygroundCommand.spec());
    line.addSubcommand(TrainCommand.spec(() -> commandLine(terminal)));
    line.addSubcommand(RootCommand.ca());
    line.addSubcommand(SwarmCommands.init());
    line.addSubcommand(SwarmCommands.join());
    line.addSubcommand(SwarmCommands.joinToken());
    line.addSubcommand(SwarmCommands.leave());
    line.addSubcommand(SwarmCommands.update());
    line.addSubcommand(RecoveryCommands.unlock());
    line.addSubcommand(RecoveryCommands.unlockKey());
    line.addSubcommand(RecoveryCommands.backup());
    line.addSubcommand(RecoveryCommands.restore());
    line.addSubcommand(NodeCommands.node());
    line.addSubcommand(ServiceCommands.service());
    line.addSubcommand(ServiceLogs.task());
    line.addSubcommand(StackCommands.stack());
    line.addSubcommand(PayloadCommands.secret());
    line.addSubcommand(PayloadCommands.config());
    line.addSubcommand(NetworkCommands.network());
    line.addSubcommand(VolumeCommands.volume());
    line.addSubcommand(RunCommand.run());
    line.addSubcommand(ExecCommand.exec());
    line.addSubcommand(ContainerCommands.ps());
    line.addSubcommand(RunCommand.create());
    line.addSubcommand(ContainerGroup.container());
    line.addSubcommand(AttachCommands.attach());
    line.addSubcommand(AttachCommands.start());
    line.addSubcommand(ContainerFacts.pause());
    line.addSubcommand(ContainerFacts.unpause());
    line.addSubcommand(ContainerFacts.port());
    line.addSubcommand(ContainerFacts.rename());
    line.addSubcommand(ContainerFacts.top());
    line.addSubcommand(ContainerFacts.await());
    line.addSubcommand(StatsCommand.stats());
    line.addSubcommand(ContainerCommands.stop());
    line.addSubcommand(ContainerCommands.restart());
    line.addSubcommand(ContainerCommands.kill());
    line.addSubcommand(ContainerCommands.rm());
    line.addSubcommand(ContainerLogs.logs());
    line.addSubcommand(CopyCommand.cp());
    line.addSubcommand(ContainerFileCommands.diff());
    line.addSubcommand(ContainerFileCommands.export());
    line.addSubcommand(ContainerFileCommands.commit());
    line.addSubcommand(ContainerCommands.inspect());
    line.addSubcommand(BuildCommand.build());
    line.addSubcommand(BuildCommand.builder());
    line.addSubcommand(ImageCommands.images());
    line.addSubcommand(ImageCommands.image());
    line.addSubcommand(PullCommand.pull());
    line.addSubcommand(PullCommand.push());
    line.addSubcommand(SaveCommand.save());
    line.addSubcommand(SearchCommand.search());
    line.addSubcommand(LoginCommands.login());
    line.addSubcommand(LoginCommands.logout());
    line.addSubcommand(ImageCommands.history());
    line.addSubcommand(ImageCommands.load());
    line.addSubcommand(ImageCommands.importing());
    line.addSubcommand(ImageCommands.tag());
    line.addSubcommand(ImageCommands.rmi());
    line.addSubcommand(SystemCommands.system());
    line.addSubcommand(SystemCommands.events());
    line.addSubcommand(SystemCommands.info());
    line.addSubcommand(SystemCommands.version());
    line.addSubcommand(HelpCommand.help());
    return configured(line, terminal);
  }

  private static CommandLine configured(CommandLine line, Terminal terminal) {
    line.setExpandAtFiles(false);
    line.setParameterExceptionHandler((error, _) -> Failures.parsing(error, terminal));
    line.setExecutionStrategy(parsed -> execute(parsed, terminal));
    return line;
  }

  private static CommandSpec root() {
    CommandSpec root = CommandSpec.create().name("swarm");
    root.usageMessage()
        .description("Containers and services on a cluster of machines.")
        .customSynopsis("swarm [OPTIONS] COMMAND")
        .footer("", "Run 'swarm COMMAND --help' for more information on a command.");
    root.addOption(HelpText.option(false));
    root.addOption(
        OptionSpec.builder("-v", "--version")
            .type(boolean.class)
            .versionHelp(true)
            .description("Print version information and quit")
            .build());
    ClientSettings.addTo(root);
    return root;
  }

  private static int execute(ParseResult parsed, Terminal terminal) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    if (parsed.isVersionHelpRequested()) {
      terminal.out().println("swarm version " + Version.NUMBER);
      return 0;
    }
    if (parsed.isUsageHelpRequested() || last.isUsageHelpRequested()) {
      terminal.out().print(HelpText.of(last.commandSpec()));
      return 0;
    }
    String mistake = ClientSettings.mistake(parsed);
    if (!mistake.isEmpty()) {
      terminal.err().println(mistake);
      return 1;
    }
    return switch (last.commandSpec().userObject()) {
      case ClientCommand command -> command.run(last, terminal);
      case Action action -> action.run(last);
      case null, default -> {
        terminal.out().print(HelpText.of(last.commandSpec()));
        yield 0;
      }
    };
  }

  /// What a command does once its options are read.
  @FunctionalInterface
  public interface Action {
    /// @return the exit status
    int run(ParseResult options) throws CommandLine.ExecutionException;
  }
}
