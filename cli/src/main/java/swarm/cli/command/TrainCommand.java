package swarm.cli.command;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import swarm.cli.Main;

/// `swarm train`, hidden: runs the everyday commands in one process, so that the build can record
/// what they load (JEP 514). What they answer does not matter.
public final class TrainCommand implements Main.Action {
  private static final List<String> COMMANDS =
      List.of(
          "--help",
          "--version",
          "version",
          "info",
          "node ls",
          "service ls",
          "service ps train",
          "service inspect train",
          "swarm join-token manager",
          "join-token manager",
          "ps",
          "images",
          "ps --format {{.Names}}",
          "playground --help");

  private final Supplier<CommandLine> line;

  private TrainCommand(Supplier<CommandLine> line) {
    this.line = line;
  }

  /// The command, which runs others on a command line of its own.
  public static CommandSpec spec(Supplier<CommandLine> line) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(new TrainCommand(line)).name("train");
    spec.usageMessage().hidden(true);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .type(String.class)
            .paramLabel("HOST")
            .build());
    return spec;
  }

  @Override
  public int run(ParseResult options) {
    String host = options.matchedPositionalValue(0, "");
    PrintStream out = System.out;
    PrintStream err = System.err;
    var nothing = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setOut(nothing);
    System.setErr(nothing);
    try {
      for (String command : COMMANDS) {
        line.get().execute(command.split(" "));
        line.get().execute(("-H " + host + " " + command).split(" "));
      }
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return 0;
  }
}
