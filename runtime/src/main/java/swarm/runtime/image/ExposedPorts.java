package swarm.runtime.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.runtime.dockerfile.DockerfileException;

/// A port of `EXPOSE`: `80`, `53/udp`, `8000-8010`, and with a host's part before it, which says
/// nothing. Pure.
final class ExposedPorts {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
  private static final int MAX_PORT = 65_535;

  private ExposedPorts() {}

  /// @return `80/tcp` and the like
  static List<String> of(String text) throws DockerfileException {
    String own = text.substring(text.lastIndexOf(':') + 1);
    String[] parts = own.split("/", 2);
    String protocol =
        parts.length < 2 || parts[1].isEmpty() ? "tcp" : parts[1].toLowerCase(Locale.ROOT);
    if (parts[0].isEmpty()) {
      throw new DockerfileException("no port specified: " + text + "<empty>");
    }
    if (!PROTOCOLS.contains(protocol)) {
      throw new DockerfileException("invalid proto: " + protocol);
    }
    Matcher range = RANGE.matcher(parts[0]);
    if (!range.matches()) {
      throw invalid(parts[0]);
    }
    int first = Integer.parseInt(range.group(1));
    int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
    if (last > MAX_PORT || last < first) {
      throw invalid(parts[0]);
    }
    var all = new ArrayList<String>();
    for (int port = first; port <= last; port++) {
      all.add(port + "/" + protocol);
    }
    return all;
  }

  private static DockerfileException invalid(String port) {
    return new DockerfileException("invalid containerPort: " + port);
  }
}
