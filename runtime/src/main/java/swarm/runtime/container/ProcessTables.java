package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Lists the processes of containers with the host's `ps`, so that its options and titles are those
/// that users know.
final class ProcessTables {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String DEFAULT_OPTIONS = "-ef";

  private final Path scratch;

  ProcessTables(Path scratch) {
    this.scratch = scratch;
  }

  private record Printed(int exitCode, String out, String err) {}

  /// @param options of `ps`, parted by blanks; the usual ones if empty
  ProcessTable read(List<Integer> pids, String options)
      throws EngineException, IOException, InterruptedException {
    String chosen = options.isBlank() ? DEFAULT_OPTIONS : options;
    PsOutput.check(chosen);
    List<String> words = PsOutput.words(chosen);
    String only = "-q" + pids.stream().map(String::valueOf).collect(Collectors.joining(","));
    List<String> narrowed = new ArrayList<>(words);
    narrowed.add(only);
    Printed printed = run(narrowed);
    if (printed.exitCode() != 0) {
      printed = run(words); // some options do not go together with -q
    }
    if (printed.exitCode() != 0) {
      String why = printed.err().lines().findFirst().orElse("");
      throw EngineException.failed(why.isEmpty() ? "ps: exit status " + printed.exitCode() : why);
    }
    return PsOutput.parse(printed.out(), new HashSet<>(pids));
  }

  private Printed run(List<String> words)
      throws IOException, EngineException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ps"));
    command.addAll(words);
    Path out = Files.createTempFile(scratch, "ps", ".out");
    Path err = Files.createTempFile(scratch, "ps", ".err");
    try {
      Process process = start(command, out, err);
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw EngineException.failed("ps did not end within " + LIMIT.toSeconds() + " s");
      }
      return new Printed(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private static Process start(List<String> command, Path out, Path err) throws EngineException {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(out.toFile())
          .redirectError(err.toFile())
          .start();
    } catch (IOException e) {
      throw EngineException.failed(
          "the program ps of this host cannot be run (install procps): " + e.getMessage(), e);
    }
  }
}
