package swarm.runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import swarm.linux.Fifo;
import swarm.linux.Readiness;

/// An OCI runtime's command line (runc, crun: the same words). Thread-safe.
public final class OciRuntime {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path program;
  private final Path state;
  private final Commands commands;
  private final Readiness readiness;

  /// A runtime at `program` that keeps its state in `state`.
  public OciRuntime(Path program, Path state, Commands commands) {
    this.program = program;
    this.state = state;
    this.commands = commands;
    this.readiness = commands.readiness();
  }

  /// The program's file.
  public Path program() {
    return program;
  }

  /// The directory where the runtime keeps what it knows of its containers.
  public Path state() {
    return state;
  }

  /// Runs the user's program in a container that was created.
  ///
  /// A container of runc's waits to write to the FIFO `exec.fifo` in its state; `runc start` does
  /// no more than read and delete it. Doing that here saves a process (10 ms). Any other runtime is
  /// asked.
  public void start(String id) throws IOException, InterruptedException, RuntimeFailure {
    Path fifo = state.resolve(id).resolve("exec.fifo");
    boolean runc = program.endsWith("runc") && Files.exists(fifo);
    if (!runc || !Fifo.readOne(fifo, readiness, LIMIT.toMillis())) {
      run("start", id);
    } else {
      Files.deleteIfExists(fifo);
    }
  }

  /// Freezes all processes.
  public void pause(String id) throws IOException, InterruptedException, RuntimeFailure {
    run("pause", id);
  }

  /// Lets frozen processes go on.
  public void resume(String id) throws IOException, InterruptedException, RuntimeFailure {
    run("resume", id);
  }

  /// Kills what is left, removes the cgroup and the runtime's state. Does nothing for a container
  /// that is not there.
  public void delete(String id) throws IOException, InterruptedException, RuntimeFailure {
    run("delete", "--force", id);
  }

  /// Runs the container of a bundle to its end, for the probe.
  Commands.Result runBundle(String id, Path bundle) throws IOException, InterruptedException {
    return commands.run(
        List.of(
            program.toString(),
            "--root",
            state.toString(),
            "run",
            "--bundle",
            bundle.toString(),
            id),
        LIMIT);
  }

  /// Changes limits of a running container; `resourcesFile` holds the specification's
  /// `linux.resources`.
  public void update(String id, Path resourcesFile)
      throws IOException, InterruptedException, RuntimeFailure {
    run("update", "--resources", resourcesFile.toString(), id);
  }

  private void run(String... words) throws IOException, InterruptedException, RuntimeFailure {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--root", state.toString()));
    command.addAll(List.of(words));
    Commands.Result result = commands.run(command, LIMIT);
    if (result.exitCode() != 0) {
      throw new RuntimeFailure(result.output());
    }
  }
}
