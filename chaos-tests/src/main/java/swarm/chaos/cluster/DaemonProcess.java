package swarm.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import swarm.chaos.client.DockerApi;

/// One test host's daemon. It has its API at `docker.sock` in its folder, its process id in `pid`,
/// its output in `log`, its state in `data`, and on its host's own `/run` what need not outlive the
/// host. Found again from these by any later process: this holds no state of its own.
///
/// @param folder of the daemon alone
/// @param enter what a command line begins with that is to run on the host
/// @param cgroup its `--cgroup-parent`
/// @param processes of the host
record DaemonProcess(
    int host, Path folder, List<String> enter, String cgroup, HostProcesses processes) {
  /// Starting takes a second; a loaded machine may need many times as long.
  private static final Duration START = Duration.ofSeconds(60);

  private static final Duration STOP = Duration.ofSeconds(60);

  /// Starts it and does not wait for it.
  ///
  /// @param program of a distribution
  /// @param options more of the daemon's
  /// @param environment variables that it has besides those of this process
  /// @throws IOException where it runs already
  void launch(Path program, List<String> options, Map<String, String> environment)
      throws IOException {
    if (pid() > 0) {
      throw new IOException("the daemon of host " + host + " runs already");
    }
    Files.createDirectories(folder);
    Files.deleteIfExists(folder.resolve("docker.sock")); // what a killed daemon left
    var command = new ArrayList<String>();
    command.add("setsid"); // a terminal's ^C must not reach it
    command.addAll(enter);
    command.add(program.toString());
    command.addAll(
        List.of(
            "daemon",
            "--data-root=" + folder.resolve("data"),
            "--exec-root=/run/swarm",
            "--host=unix://" + folder.resolve("docker.sock"),
            "--cgroup-parent=" + cgroup));
    command.addAll(options);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process daemon =
        builder
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    // Each of setsid, nsenter and the launcher becomes the next: this is the daemon's own id.
    Files.writeString(folder.resolve("pid"), daemon.pid() + "\n");
  }

  /// Returns when its API answers.
  ///
  /// @throws IOException where it ends before: with the end of its log
  void awaitAnswer(DockerApi api) throws IOException, InterruptedException {
    boolean[] ended = new boolean[1];
    Wait.until(
        "the API of host " + host,
        START,
        () -> {
          ended[0] = ProcessHandle.of(recorded()).isEmpty();
          if (!ended[0]) {
            api.get("/version");
          }
          return true;
        });
    if (ended[0]) {
      throw new IOException("the daemon of host " + host + " ended at its start:\n" + endOfLog());
    }
  }

  private String endOfLog() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  /// Its process id, 0 where it does not run.
  long pid() throws IOException {
    long pid = recorded();
    // The number may be another's by now.
    return ProcessHandle.of(pid).isPresent() && isOurs(pid) ? pid : 0;
  }

  /// What was written down when it was started, 0 where it never was.
  private long recorded() throws IOException {
    Path file = folder.resolve("pid");
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  /// Before `nsenter` has become the daemon, it is still outside of the host.
  private boolean isOurs(long pid) throws IOException {
    if (processes.has(pid)) {
      return true;
    }
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains(cgroup);
    } catch (IOException _) {
      return false; // it ended
    }
  }

  /// Ends it, and nothing else; returns when it has ended.
  ///
  /// @throws IOException where it does not run
  void end(Consumer<ProcessHandle> signal) throws IOException, InterruptedException {
    long pid = pid();
    if (pid == 0) {
      throw new IOException("the daemon of host " + host + " does not run");
    }
    ProcessHandle.of(pid).ifPresent(signal);
    Wait.until("the daemon of host " + host + " has ended", STOP, () -> pid() == 0);
  }
}
