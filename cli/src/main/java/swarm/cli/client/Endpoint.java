package swarm.cli.client;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/// Where the daemon listens.
///
/// @param socket the unix socket
public record Endpoint(Path socket) {
  /// Where a daemon listens that was told nothing else.
  public static final String USUAL = "unix:///run/swarm/swarm.sock";

  private static final String SCHEME = "unix://";

  /// What was asked for (`-H`), else `SWARM_HOST`, else `DOCKER_HOST`, else the usual place.
  ///
  /// @param asked empty where the user said nothing
  public static Endpoint choose(String asked, Map<String, String> environment)
      throws DaemonUnreachableException {
    if (!asked.isEmpty()) {
      return parse(asked, "-H");
    }
    for (String variable : new String[] {"SWARM_HOST", "DOCKER_HOST"}) {
      String value = environment.getOrDefault(variable, "");
      if (!value.isEmpty()) {
        return parse(value, variable);
      }
    }
    return parse(USUAL, "-H");
  }

  private static Endpoint parse(String text, String source) throws DaemonUnreachableException {
    if (!text.startsWith(SCHEME) || text.length() == SCHEME.length()) {
      throw new DaemonUnreachableException(
          source + " says '" + text + "': only unix:///PATH can be spoken to");
    }
    try {
      return new Endpoint(Path.of(text.substring(SCHEME.length())));
    } catch (InvalidPathException e) {
      throw new DaemonUnreachableException(source + " says '" + text + "': " + e.getReason());
    }
  }

  @Override
  public String toString() {
    return SCHEME + socket;
  }
}
