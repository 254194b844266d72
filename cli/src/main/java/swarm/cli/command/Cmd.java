package swarm.cli.command;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Describes one client command: its names, options, arguments and example, in Docker's words.
/// Built in code, and each command only where it is called for: start-up time is what users feel.
final class Cmd implements ClientCommand {
  private final CommandSpec spec;
  private int least;
  private int most;
  private @Nullable ClientAction action;

  private Cmd(String name, String summary) {
    spec = CommandSpec.wrapWithoutInspection(this).name(name);
    spec.parser().overwrittenOptionsAllowed(true);
    spec.usageMessage().description(summary);
  }

  static Cmd named(String name, String summary) {
    return new Cmd(name, summary);
  }

  /// A command that only holds others.
  static CommandSpec group(String name, String summary, CommandSpec... members) {
    Cmd group = new Cmd(name, summary);
    group.usage("swarm " + name + " COMMAND");
    group
        .spec
        .usageMessage()
        .footer("", "Run 'swarm " + name + " COMMAND --help' for more information on a command.");
    for (CommandSpec member : members) {
      Cmd.class.cast(member.userObject()).below(name);
      member.aliases(Aliases.spellings(name, member.name()).toArray(String[]::new));
      group.spec.addSubcommand(member.name(), member);
    }
    return group.finish();
  }

  private void below(String group) {
    usage(usage().replaceFirst("^swarm ", "swarm " + group + " "));
  }

  private void usage(String line) {
    spec.usageMessage().customSynopsis(line);
  }

  /// The usage line: `swarm ps [OPTIONS]`.
  String usage() {
    String[] lines = spec.usageMessage().customSynopsis();
    return lines.length == 0 ? "swarm " + spec.name() + " [OPTIONS]" : lines[0];
  }

  /// @param arguments as the usage line shows them: `CONTAINER [CONTAINER...]`
  Cmd arguments(String arguments, int fewest, int greatest) {
    least = fewest;
    most = greatest;
    usage(("swarm " + spec.name() + " [OPTIONS] " + arguments).stripTrailing());
    return this;
  }

  /// What follows the first argument belongs to the process that is started.
  Cmd passesOn() {
    spec.parser().stopAtPositional(true);
    return this;
  }

  /// A switch. `names` are parted by blanks.
  Cmd flag(String names, String description) {
    spec.addOption(
        OptionSpec.builder(names.split(" "))
            .type(boolean.class)
            .arity("0..1")
            .fallbackValue("true")
            .description(description)
            .build());
    return this;
  }

  /// An option with one value; the last one given counts.
  Cmd text(String names, String label, String description) {
    spec.addOption(
        OptionSpec.builder(names.split(" "))
            .type(String.class)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
    return this;
  }

  /// An option that may be given many times.
  Cmd list(String names, String label, String description) {
    spec.addOption(
        OptionSpec.builder(names.split(" "))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
    return this;
  }

  Cmd example(String... lines) {
    var footer = new String[lines.length + 2];
    footer[0] = "";
    footer[1] = lines.length == 1 ? "Example:" : "Examples:";
    for (int i = 0; i < lines.length; i++) {
      footer[i + 2] = "  " + lines[i];
    }
    spec.usageMessage().footer(footer);
    return this;
  }

  /// The finished command.
  CommandSpec runs(ClientAction what) {
    action = what;
    usage(usage());
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .hidden(true)
            .build());
    return finish();
  }

  private CommandSpec finish() {
    spec.addOption(HelpText.option(true));
    // to some commands --host or -H means something else
    String[] free =
        Stream.of("-H", "--host")
            .filter(name -> !spec.optionsMap().containsKey(name))
            .toArray(String[]::new);
    if (free.length > 0) {
      spec.addOption(host(free, true));
    }
    return spec;
  }

  /// The option that names the daemon.
  static OptionSpec host(String[] names, boolean hidden) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel("list")
        .description(
            "Daemon to talk to: unix://PATH or tcp://HOST:PORT (default: $SWARM_HOST, $DOCKER_HOST,"
                + " unix:///run/swarm/swarm.sock)")
        .hidden(hidden)
        .build();
  }

  @Override
  public int run(CommandLine.ParseResult options, Terminal terminal) {
    ClientAction todo = action;
    if (todo == null) {
      terminal.out().print(HelpText.of(spec));
      return 0;
    }
    var call = new Invocation(options, terminal);
    String path = options.commandSpec().qualifiedName();
    int given = call.arguments().size();
    if (given >= least && given <= most) {
      return Failures.guard(call, path, todo);
    }
    return Failures.arguments(terminal, path, usage(), least, most);
  }
}
