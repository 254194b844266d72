package swarm.cli.command;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import swarm.cli.client.DaemonException;
import swarm.cli.client.DaemonUnreachableException;
import swarm.cli.render.Advice;
import swarm.cli.spec.InvalidValueException;

/// What went wrong, as Docker's client says it, and the exit status that goes with it.
public final class Failures {
  /// Docker's status for a command line that cannot be meant.
  static final int USAGE = 125;

  private Failures() {}

  static int guard(Invocation call, String path, ClientAction action) {
    Terminal terminal = call.terminal();
    try {
      int status = action.run(call);
      return terminal.flush() ? status : 1;
    } catch (DaemonUnreachableException e) {
      return say(terminal, e.getMessage(), 1);
    } catch (DaemonException e) {
      return say(terminal, daemon(e), 1);
    } catch (InvalidValueException e) {
      boolean flag = e.reason().startsWith("invalid argument ");
      return say(
          terminal,
          flag
              ? e.reason() + call.usage() + "\n\nRun '" + path + " --help' for more information"
              : e.reason(),
          flag ? USAGE : e.status());
    } catch (NoSuchFileException e) { // of this machine
      String reason = e.getReason() == null ? "no such file or directory" : e.getReason();
      return say(terminal, e.getFile() + ": " + reason, 1);
    } catch (IOException e) {
      return say(terminal, "error during connect: " + e.getMessage(), 1);
    }
  }

  /// Docker's words before the daemon's own, with our commands for advice.
  static String daemon(DaemonException e) {
    return "Error response from daemon: " + Advice.ours(e.reason());
  }

  private static int say(
      Terminal terminal, @org.jspecify.annotations.Nullable String message, int status) {
    terminal.out().flush();
    terminal.err().println(message);
    terminal.err().flush();
    return status;
  }

  /// Too few arguments, or too many.
  static int arguments(Terminal terminal, String path, String usage, int least, int most) {
    String needs;
    if (most == 0) {
      needs = "accepts no arguments";
    } else if (least == most) {
      needs = "requires " + count(least);
    } else if (most == Integer.MAX_VALUE) {
      needs = "requires at least " + count(least);
    } else if (least == 0) {
      needs = "requires at most " + count(most);
    } else {
      needs = "requires at least " + least + " and at most " + count(most);
    }
    return say(
        terminal,
        "swarm: '"
            + path
            + "' "
            + needs
            + "\n\nUsage:  "
            + usage
            + "\n\nRun '"
            + path
            + " --help' for more information",
        1);
  }

  private static String count(int n) {
    return n + (n == 1 ? " argument" : " arguments");
  }

  /// An option that there is not, or one without its value.
  public static int parsing(CommandLine.ParameterException e, Terminal terminal) {
    CommandLine command = e.getCommandLine();
    String path = command.getCommandSpec().qualifiedName();
    String hint = "\n\nRun '" + path + " --help' for more information";
    return switch (e) {
      case CommandLine.UnmatchedArgumentException u
          when !u.getUnmatched().isEmpty() && !u.getUnmatched().getFirst().startsWith("-") ->
          say(
              terminal,
              "swarm: unknown command: " + path + " " + u.getUnmatched().getFirst() + hint,
              1);
      case CommandLine.UnmatchedArgumentException u ->
          say(terminal, unknown(u) + usage(command) + hint, USAGE);
      case CommandLine.MissingParameterException m ->
          say(terminal, "flag needs an argument: " + missing(m) + usage(command) + hint, USAGE);
      default -> say(terminal, e.getMessage() + usage(command) + hint, USAGE);
    };
  }

  private static String unknown(CommandLine.UnmatchedArgumentException e) {
    String option = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().getFirst();
    return option.startsWith("--") || option.length() < 2
        ? "unknown flag: " + option
        : "unknown shorthand flag: '" + option.charAt(1) + "' in " + option;
  }

  private static String missing(CommandLine.MissingParameterException e) {
    return e.getMissing().isEmpty()
        ? ""
        : e.getMissing().getFirst() instanceof CommandLine.Model.OptionSpec option
            ? option.longestName()
            : e.getMissing().getFirst().paramLabel();
  }

  private static String usage(CommandLine command) {
    return usage(command.getCommandSpec());
  }

  static String usage(CommandLine.Model.CommandSpec command) {
    return command.userObject() instanceof Cmd cmd ? "\n\nUsage:  " + cmd.usage() : "";
  }
}
