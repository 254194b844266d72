package swarm.cli.spec;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// What of a container's streams `run` and `create` are joined to: `-a`, `-i` and `-d`.
public record Streams(boolean input, boolean output, boolean errors) {
  public static final String CONFLICT =
      "conflicting options: cannot specify both --attach and --detach";

  private static final List<String> NAMES = List.of("stdin", "stdout", "stderr");

  /// Both outputs, and the input where it is wanted.
  public static Streams usual(boolean input) {
    return new Streams(input, true, true);
  }

  public static Streams of(OptionValues values) throws InvalidValueException {
    Set<String> asked = new TreeSet<>();
    for (String name : values.list("--attach")) {
      String stream = name.toLowerCase(Locale.ROOT);
      if (!NAMES.contains(stream)) {
        throw InvalidValueException.of(
            name, "-a, --attach", "valid streams are STDIN, STDOUT and STDERR");
      }
      asked.add(stream);
    }
    if (values.flag("--detach")) {
      if (!asked.isEmpty()) {
        throw new InvalidValueException(CONFLICT);
      }
      return new Streams(false, false, false);
    }
    boolean usual = asked.isEmpty();
    return new Streams(
        values.flag("--interactive") || asked.contains("stdin"),
        usual || asked.contains("stdout"),
        usual || asked.contains("stderr"));
  }
}
