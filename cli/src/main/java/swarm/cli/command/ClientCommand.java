package swarm.cli.command;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// A command that talks to a daemon. Described by the classes of this package.
public interface ClientCommand {
  /// Runs it.
  ///
  /// @return the exit status
  int run(ParseResult options, Terminal terminal);

  /// The option that names the daemon, for before the command.
  static OptionSpec hostOption() {
    return Cmd.host(new String[] {"-H", "--host"}, false);
  }
}
