package swarm.runtime.oci;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a program says of its version: `runc version 1.1.5+ds1`, `crun version 1.8.1`, `tini
/// version 0.19.0`, `catatonit 0.1.7`.
public final class ProgramVersion {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramVersion.class);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Pattern FIRST_LINE =
      Pattern.compile("\\A\\S+ (?:version )?v?(\\d[\\w.+~-]*)");

  private ProgramVersion() {}

  /// Asks a program; empty where it does not say. Runs a process.
  public static Optional<String> ask(Path program, Commands commands) throws InterruptedException {
    try {
      Commands.Result result = commands.run(List.of(program.toString(), "--version"), LIMIT);
      return result.exitCode() == 0 ? read(result.output()) : Optional.empty();
    } catch (IOException e) {
      LOG.warn("{} does not say its version: {}", program, e.getMessage());
      return Optional.empty();
    }
  }

  static Optional<String> read(String output) {
    Matcher line = FIRST_LINE.matcher(output);
    return line.find() ? Optional.of(line.group(1)) : Optional.empty();
  }
}
