package swarm.runtime.dockerfile;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The comments at the beginning of a Dockerfile that say how it is to be read: `# escape=`, `#
/// syntax=`, `# check=`. Confined to one thread.
final class ParserDirectives {
  /// Without a choice that could be gone back on: a line may be 64 KiB of blanks.
  private static final Pattern FORM =
      Pattern.compile("#\\s*+([a-zA-Z][a-zA-Z0-9]*+)\\s*+=\\s*+(.+)");

  private static final Set<String> KNOWN = Set.of("syntax", "escape", "check");

  private final Map<String, String> seen = new LinkedHashMap<>();
  private boolean done;

  /// Looks at a line without its end and the blanks before it.
  void read(String line) throws DockerfileException {
    Matcher form = FORM.matcher(line);
    if (done || !form.matches()) {
      done = true;
      return;
    }
    String name = form.group(1).toLowerCase(Locale.ROOT);
    String value = form.group(2).stripTrailing();
    if (!KNOWN.contains(name)) {
      done = true;
      return;
    }
    if (seen.putIfAbsent(name, value) != null) {
      throw new DockerfileException("only one " + name + " parser directive can be used");
    }
    if (name.equals("escape") && !value.equals("\\") && !value.equals("`")) {
      throw new DockerfileException("invalid escape token '" + value + "' does not match ` or \\");
    }
  }

  /// Escapes characters, and continues lines.
  char escape() {
    return seen.getOrDefault("escape", "\\").charAt(0);
  }

  Optional<String> syntax() {
    return Optional.ofNullable(seen.get("syntax"));
  }
}
