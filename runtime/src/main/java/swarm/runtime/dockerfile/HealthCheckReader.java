package swarm.runtime.dockerfile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import swarm.runtime.dockerfile.Instruction.HealthCheck;
import swarm.runtime.dockerfile.Instruction.Source;

/// Reads `HEALTHCHECK [OPTIONS] CMD ...|NONE`. Pure.
final class HealthCheckReader {
  private static final Set<String> OPTIONS =
      Set.of("interval", "timeout", "start-period", "start-interval", "retries");

  private HealthCheckReader() {}

  static HealthCheck read(Source source, CommandLine command) throws DockerfileException {
    if (command.rest().isEmpty()) {
      throw new DockerfileException("HEALTHCHECK requires at least one argument");
    }
    CommandLine inner = CommandLine.of(command.rest(), '\0');
    // what looks like a flag there is the command's
    String rest = Characters.trim(command.rest().substring(inner.keyword().length()));
    if (inner.name().equals("NONE")) {
      if (!rest.isEmpty()) {
        throw new DockerfileException("HEALTHCHECK NONE takes no arguments");
      }
      return check(source, List.of("NONE"), Flags.read(List.of(), OPTIONS, Set.of()));
    }
    Flags flags = Flags.read(command.flags(), OPTIONS, Set.of());
    if (!inner.name().equals("CMD")) {
      throw new DockerfileException(
          "Unknown type " + GoText.quote(inner.name()) + " in HEALTHCHECK (try CMD)");
    }
    var test = new ArrayList<String>();
    Optional<List<String>> array = JsonWords.read(rest);
    if (array.isPresent()) {
      test.add("CMD");
      test.addAll(array.get());
    } else if (!rest.isEmpty()) {
      test.addAll(List.of("CMD-SHELL", rest));
    }
    if (test.size() < 2) {
      throw new DockerfileException("Missing command after HEALTHCHECK CMD");
    }
    return check(source, List.copyOf(test), flags);
  }

  private static HealthCheck check(Source source, List<String> test, Flags flags)
      throws DockerfileException {
    return new HealthCheck(
        source,
        test,
        interval(flags, "interval"),
        interval(flags, "timeout"),
        interval(flags, "start-period"),
        interval(flags, "start-interval"),
        retries(flags.text("retries")));
  }

  private static Duration interval(Flags flags, String name) throws DockerfileException {
    String text = flags.text(name);
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    Duration value = GoDuration.parse(text);
    if (!value.isZero() && value.compareTo(Duration.ofMillis(1)) < 0) {
      throw new DockerfileException("Interval " + GoText.quote(name) + " cannot be less than 1ms");
    }
    return value;
  }

  private static int retries(String text) throws DockerfileException {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      int retries = Integer.parseInt(text);
      if (retries < 0) {
        throw new DockerfileException("--retries cannot be negative (" + retries + ")");
      }
      return retries;
    } catch (NumberFormatException _) {
      throw new DockerfileException("--retries is no number: " + GoText.quote(text));
    }
  }
}
