package swarm.runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import swarm.linux.ChildProcess;
import swarm.linux.Pidfd;
import swarm.linux.Readiness;

/// Runs short programs to their end. Thread-safe; the calling virtual thread parks meanwhile.
public final class Commands {
  private static final int SIGKILL = 9;

  private final Readiness readiness;
  private final Path scratch;
  private final AtomicLong count = new AtomicLong();

  /// `scratch` is a directory for their output.
  public Commands(Readiness readiness, Path scratch) {
    this.readiness = readiness;
    this.scratch = scratch;
  }

  Readiness readiness() {
    return readiness;
  }

  /// How a program ended.
  ///
  /// @param exitCode as a shell gives it
  /// @param output standard output and error
  public record Result(int exitCode, String output) {}

  /// What programs started here get as environment: nothing of the daemon's but the search path.
  static Map<String, String> environment(Path scratch) {
    return Map.of(
        "PATH",
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TMPDIR",
        scratch.toString());
  }

  /// Runs `command`; its output must not be large.
  ///
  /// @throws IOException also where it has not ended in time; it is killed then
  public Result run(List<String> command, Duration limit) throws IOException, InterruptedException {
    Path output = scratch.resolve("command-" + count.incrementAndGet());
    Pidfd process = ChildProcess.start(command, environment(scratch), output);
    try {
      await(process, command, limit);
      int code = process.reap().orElseThrow(() -> new IOException("lost " + command));
      return new Result(code, Files.readString(output));
    } finally {
      process.close(readiness);
      Files.deleteIfExists(output);
    }
  }

  private void await(Pidfd process, List<String> command, Duration limit)
      throws IOException, InterruptedException {
    try {
      process.ended(readiness).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.signal(SIGKILL);
      process.reap();
      throw new IOException(command + " did not end within " + limit + " and was killed", e);
    } catch (ExecutionException | java.util.concurrent.CancellationException e) {
      throw new IOException("waiting for " + command + " was ended", e);
    }
  }
}
