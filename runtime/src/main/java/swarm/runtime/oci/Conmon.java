package swarm.runtime.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.linux.ChildProcess;
import swarm.linux.Fifo;
import swarm.linux.Pidfd;
import swarm.linux.Pipe;
import swarm.linux.Readiness;

/// Starts conmon, the program that stays beside one container (or exec): it runs the OCI runtime,
/// holds the standard streams, writes the log and, at the end, the exit code to `exit` in its
/// folder. It goes on when the daemon dies.
///
/// The folder of a monitor also holds `attach` (its socket), `ctl` (its control FIFO), `pidfile`
/// and, after an out-of-memory kill, `oom`. Needs conmon 2.1 or later. Thread-safe.
public final class Conmon {
  /// Name of the file with the exit code.
  public static final String EXIT_FILE = "exit";

  /// Name of the file that says that the kernel killed for lack of memory.
  public static final String OOM_FILE = "oom";

  private static final ObjectMapper JSON = new ObjectMapper();
  // Creating a container takes some 30 ms; a loaded machine may need a thousand times as long.
  private static final long START_LIMIT_MILLIS = 60_000;
  private static final int SIGKILL = 9;

  private final Path program;
  private final Path scratch;
  private final Readiness readiness;

  /// A conmon at `program`; `scratch` is a directory with a short path for its console sockets.
  public Conmon(Path program, Path scratch, Readiness readiness) {
    this.program = program;
    this.scratch = scratch;
    this.readiness = readiness;
  }

  /// What a monitor is to hold.
  ///
  /// @param containerId the runtime's name for the container
  /// @param folder the monitor's own; of a container, its bundle
  /// @param log the log file, if one is to be written
  /// @param tty whether there is a terminal
  /// @param stdin whether standard input is held open for writing
  /// @param keepStdin whether it stays open when an attached client goes
  public record Options(
      String containerId,
      Path folder,
      Optional<Path> log,
      boolean tty,
      boolean stdin,
      boolean keepStdin) {}

  /// A monitor with its process.
  ///
  /// @param monitor conmon itself, a child of ours
  /// @param pid the first process of the container, or the exec's
  public record Started(Pidfd monitor, int pid) {}

  /// Creates the container of a bundle; it waits for `start`.
  ///
  /// @throws RuntimeFailure where the runtime refuses: the command does not exist, say
  public Started create(OciRuntime runtime, Options options)
      throws IOException, InterruptedException, RuntimeFailure {
    try (Pipe sync = Pipe.open()) {
      Map<String, String> environment = new HashMap<>(Commands.environment(scratch));
      environment.put("_OCI_SYNCPIPE", "3");
      Path output = options.folder().resolve("conmon.log");
      Pidfd monitor =
          ChildProcess.start(command(runtime, options), environment, output, sync.writer());
      sync.writer().close();
      return started(monitor, sync, output);
    }
  }

  /// Something to do between the monitor's being ready and the process's start.
  @FunctionalInterface
  public interface BeforeStart {
    void run() throws IOException;
  }

  /// Runs one more process, described by the file `processSpec`, in a running container.
  ///
  /// @param attach run once the attach socket is there, before the process starts, so that no
  ///   output is lost
  public Started exec(
      OciRuntime runtime, Options options, Path processSpec, Optional<BeforeStart> attach)
      throws IOException, InterruptedException, RuntimeFailure {
    List<String> command = new ArrayList<>(command(runtime, options));
    command.addAll(List.of("--exec", "--exec-process-spec", processSpec.toString()));
    Map<String, String> environment = new HashMap<>(Commands.environment(scratch));
    environment.put("_OCI_SYNCPIPE", "3");
    Path output = options.folder().resolve("conmon.log");
    try (Pipe sync = Pipe.open();
        Pipe start = Pipe.open();
        Pipe attached = Pipe.open()) {
      if (attach.isEmpty()) {
        Pidfd monitor = ChildProcess.start(command, environment, output, sync.writer());
        sync.writer().close();
        return started(monitor, sync, output);
      }
      command.add("--exec-attach");
      environment.put("_OCI_STARTPIPE", "4");
      environment.put("_OCI_ATTACHPIPE", "5");
      Pidfd monitor =
          ChildProcess.start(
              command, environment, output, sync.writer(), start.reader(), attached.writer());
      sync.writer().close();
      start.reader().close();
      attached.writer().close();
      try {
        start.writer().write(new byte[] {1});
        attached.reader().readLine(readiness, START_LIMIT_MILLIS);
        attach.get().run();
        start.writer().write(new byte[] {1});
      } catch (IOException e) {
        monitor.signal(SIGKILL);
        end(monitor);
        throw e;
      }
      return started(monitor, sync, output);
    }
  }

  private List<String> command(OciRuntime runtime, Options options) {
    String folder = options.folder().toString();
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--api-version=1",
                "--sync",
                "--full-attach",
                "--no-sync-log",
                "--log-level=error",
                "--cid=" + options.containerId(),
                "--cuuid=" + options.containerId(),
                "--runtime=" + runtime.program(),
                "--runtime-arg=--root",
                "--runtime-arg=" + runtime.state(),
                "--bundle=" + folder,
                "--socket-dir-path=" + scratch,
                "--persist-dir=" + folder,
                "--container-pidfile=" + options.folder().resolve("pidfile"),
                "--log-path=" + options.log().map(path -> "k8s-file:" + path).orElse("none")));
    if (options.tty()) {
      command.add("--terminal");
    }
    if (options.stdin()) {
      command.add("--stdin");
    }
    if (options.keepStdin()) {
      command.add("--leave-stdin-open");
    }
    return command;
  }

  // The monitor says {"data": PID}, or {"data": -1, "message": "..."}, or dies and says nothing.
  private Started started(Pidfd monitor, Pipe sync, Path output)
      throws IOException, InterruptedException, RuntimeFailure {
    String answer;
    try {
      answer = sync.reader().readLine(readiness, START_LIMIT_MILLIS);
    } catch (IOException e) {
      monitor.signal(SIGKILL);
      end(monitor);
      throw e;
    }
    JsonNode json = parse(answer);
    int pid = json.path("data").asInt(-1);
    if (pid > 0) {
      return new Started(monitor, pid);
    }
    end(monitor);
    String message = json.path("message").asText("");
    if (message.isEmpty()) {
      message =
          "conmon ended without an answer: "
              + (Files.exists(output) ? Files.readString(output).strip() : "");
    }
    throw new RuntimeFailure(message);
  }

  private static JsonNode parse(String answer) {
    try {
      return answer.isEmpty() ? JSON.nullNode() : JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      return JSON.nullNode();
    }
  }

  // It has failed, or was killed, and ends at once.
  private void end(Pidfd monitor) throws IOException, InterruptedException {
    try {
      monitor.ended(readiness).get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
    monitor.reap();
    monitor.close(readiness);
  }

  /// The exit code that a monitor left in its folder; nothing where it was killed or has not ended.
  public static Optional<Integer> exitCode(Path folder) throws IOException {
    Path file = folder.resolve(EXIT_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file).strip();
    return text.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(text));
  }

  /// Has the monitor open its log anew, after the file was renamed.
  ///
  /// @return false where there is no monitor
  public static boolean reopenLog(Path folder) throws IOException {
    return Fifo.write(
        folder.resolve("ctl"), "2 0 0\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
