package swarm.runtime.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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

  /// @param options of `ps`, parted by blanks; the usual ones if empty
  ProcessTable read(List<Integer> pids, String options)
      throws EngineException, IOException, InterruptedException {
    String chosen = options.isBlank() ? DEFAULT_OPTIONS : options;
    PsOutput.check(chosen);
    List<String> words = PsOutput.words(chosen);
    String only = "-q" + pids.stream().map(String::valueOf).collect(Collectors.joining(","));
    List<String> narrowed = new ArrayList<>(words);
    narrowed.add(only);
    Path out = Files.createTempFile(scratch, "ps", ".out");
    Path err = Files.createTempFile(scratch, "ps", ".err");
    try {
      int status = run(narrowed, out, err);
      if (status != 0) {
        status = run(words, out, err); // some options do not go together with -q
      }
      if (status != 0) {
        String why = firstLine(err);
        throw EngineException.failed(why.isEmpty() ? "ps: exit status " + status : why);
      }
      try (BufferedReader lines = lines(out)) {
        return PsOutput.parse(lines, new HashSet<>(pids));
      }
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private static String firstLine(Path file) throws IOException {
    try (BufferedReader lines = lines(file)) {
      return Objects.requireNonNullElse(lines.readLine(), "");
    }
  }

  /// Processes name themselves as they like: what is not UTF-8 becomes U+FFFD.
  private static BufferedReader lines(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }

  /// @param out what it prints; what was there before goes
  private static int run(List<String> words, Path out, Path err)
      throws IOException, EngineException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ps"));
    command.addAll(words);
    Process process = start(command, out, err);
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw EngineException.failed("ps did not end within " + LIMIT.toSeconds() + " s");
    }
    return process.exitValue();
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
