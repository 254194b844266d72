package swarm.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import swarm.chaos.cluster.TestCluster;
import swarm.cli.Main;

/// `swarm playground`: several hosts on one machine, a daemon on each, to try things on.
public final class PlaygroundCommand {
  private static final String DEFAULT_DIR = "/var/lib/swarm-playground";

  private PlaygroundCommand() {}

  /// The command with its subcommands.
  public static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("playground");
    spec.usageMessage().description("Test hosts on this machine, a daemon on each (as root).");
    spec.addOption(HelpText.option(false));
    CommandSpec up =
        command(
            "up",
            "Make N hosts (10.77.0.1 to N) and start a daemon on each.",
            "N",
            options -> up(options));
    up.addOption(text("--prefix", "P", "What hosts' names begin with (default sw)"));
    up.addOption(
        OptionSpec.builder("--form")
            .type(Integer.class)
            .paramLabel("M")
            .description("Form a swarm: the first M hosts are managers, the rest workers")
            .build());
    up.addOption(
        OptionSpec.builder("--daemon-arg")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel("ARG")
            .description("One more option of every daemon, such as --log-level=debug")
            .build());
    spec.addSubcommand("up", up);
    add(spec, "kill", "kill -9 of one host's daemon; its containers run on.", TestCluster::kill);
    add(spec, "start", "Start one host's daemon again.", TestCluster::start);
    add(
        spec,
        "kill-host",
        "Cut one host off, and kill -9 all that runs on it.",
        TestCluster::killHost);
    add(spec, "cut", "Pull one host's cable.", TestCluster::cut);
    add(spec, "mend", "Plug one host's cable in again.", TestCluster::mend);
    spec.addSubcommand(
        "down",
        command(
            "down", "Remove every trace.", "", options -> TestCluster.open(dir(options)).down()));
    return spec;
  }

  /// What one subcommand does.
  @FunctionalInterface
  private interface Step {
    void run(ParseResult options) throws IOException, InterruptedException;
  }

  /// What one subcommand does to one host.
  @FunctionalInterface
  private interface HostStep {
    void run(TestCluster cluster, int host) throws IOException, InterruptedException;
  }

  private static void add(CommandSpec spec, String name, String description, HostStep step) {
    spec.addSubcommand(
        name,
        command(
            name,
            description,
            "I",
            options -> step.run(TestCluster.open(dir(options)), number(options))));
  }

  private static CommandSpec command(String name, String description, String number, Step step) {
    Main.Action action = options -> run(name, options, step);
    CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
    spec.usageMessage().description(description);
    spec.addOption(HelpText.option(false));
    spec.addOption(text("--dir", "DIR", "Where its files are (default " + DEFAULT_DIR + ")"));
    if (!number.isEmpty()) {
      spec.addPositional(
          PositionalParamSpec.builder()
              .index("0")
              .arity("1")
              .type(Integer.class)
              .paramLabel(number)
              .build());
    }
    return spec;
  }

  private static OptionSpec text(String name, String label, String description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }

  private static int run(String name, ParseResult options, Step step) {
    try {
      step.run(options);
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("swarm playground " + name + ": " + e.getMessage());
      return 1;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 130;
    }
  }

  private static void up(ParseResult options) throws IOException, InterruptedException {
    int managers = options.matchedOptionValue("--form", 0);
    int count = number(options);
    if (managers < 0 || managers > count) {
      throw new IOException("--form takes 0 to " + count + " managers, not " + managers);
    }
    TestCluster cluster =
        TestCluster.up(
            dir(options),
            options.matchedOptionValue("--prefix", "sw"),
            count,
            program(),
            options.matchedOptionValue("--daemon-arg", List.of()));
    if (managers > 0) {
      cluster.form(managers);
    }
    for (int host = 1; host <= cluster.size(); host++) {
      System.out.printf(
          "%s  %s  unix://%s%n",
          cluster.hostname(host),
          TestCluster.address(host),
          cluster.folder(host).resolve("docker.sock"));
    }
  }

  /// The launcher of the distribution that this very process runs from.
  private static Path program() throws IOException {
    String home = System.getProperty("swarm.home");
    if (home == null) {
      throw new IOException("run it as bin/swarm of a distribution, which ./dev build makes");
    }
    return Path.of(home, "bin", "swarm");
  }

  private static Path dir(ParseResult options) {
    return Path.of(options.matchedOptionValue("--dir", DEFAULT_DIR));
  }

  private static int number(ParseResult options) {
    return options.matchedPositionalValue(0, 0);
  }
}
