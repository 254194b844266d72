package swarm.cli.render;

import java.util.regex.Pattern;

/// Advice of the daemon's. It speaks to Docker's clients in Docker's words, which name Docker's
/// commands; who works with ours is told ours.
public final class Advice {
  /// A command within quotation marks: of all others it is not known that they are one.
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?<=[\"'`])docker (?:swarm (?=(?:init|join|join-token|leave|unlock|unlock-key|update)\\b)"
              + "|(?=(?:events|exec|images|info|inspect|load|logs|network|node|ps|pull|rm|run"
              + "|service|start|stop|version)\\b))");

  private Advice() {}

  /// The text with our commands in the place of Docker's; those that we do not have stay.
  public static String ours(String text) {
    return COMMAND.matcher(text).replaceAll("swarm ");
  }
}
