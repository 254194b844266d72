package swarm.runtime.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import swarm.runtime.archive.LayerTar;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.ExitStatus;
import swarm.runtime.container.ProvidedFile;
import swarm.runtime.container.WaitCondition;
import swarm.runtime.image.Image;
import swarm.runtime.image.StepCommitter;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.StdStream;
import swarm.runtime.stdio.StreamFrame;

/// Runs a command in a container of the image so far, and keeps what it wrote. Whatever happens,
/// the container goes, unless it was asked to stay.
final class RunStep {
  private static final int SHORT = 12;
  private static final int EXECUTABLE = 0755;

  private final ContainerEngine engine;
  private final StepCommitter committer;
  private final boolean keep;
  private final BuildOutput output;

  /// @param keep whether the container stays
  RunStep(ContainerEngine engine, StepCommitter committer, boolean keep, BuildOutput output) {
    this.engine = engine;
    this.committer = committer;
    this.keep = keep;
    this.output = output;
  }

  /// @param config of the container
  /// @param words what it runs
  Image run(
      Image parent,
      ContainerConfig config,
      RunWords words,
      StepCommitter.Step step,
      boolean fixedTimes)
      throws IOException, EngineException, InterruptedException {
    var builder = config.toBuilder();
    if (!keep) {
      builder.attributes(Leftovers.marked(config.attributes()));
    }
    Map<String, byte[]> content = Map.of();
    if (words.script().isPresent()) {
      RunWords.Script script = words.script().get();
      builder.files(List.of(new ProvidedFile("script", script.path(), 0, 0, EXECUTABLE, true)));
      content = Map.of("script", script.bytes());
    }
    ContainerConfig wanted = builder.build();
    Container container = whole(() -> engine.create(Optional.empty(), Optional.empty(), wanted));
    String id = container.id();
    try {
      output.text(" ---> Running in " + id.substring(0, SHORT) + "\n");
      check(words.command(), execute(id, content));
      return engine.withLayer(
          id,
          (upper, _, merged) ->
              committer.commit(
                  Optional.of(parent),
                  Optional.of(
                      out ->
                          LayerTar.write(
                              upper,
                              merged,
                              out,
                              fixedTimes ? Optional.of(step.created()) : Optional.empty())),
                  step));
    } finally {
      if (!keep) {
        remove(id);
      }
    }
  }

  private static void check(List<String> command, int code) throws BuildException {
    if (code != 0) {
      throw BuildException.ended(
          "The command '" + String.join(" ", command) + "' returned a non-zero code: " + code,
          code);
    }
  }

  private int execute(String id, Map<String, byte[]> content)
      throws IOException, EngineException, InterruptedException {
    var out = new TextStream();
    var err = new TextStream();
    try (AttachSession session = engine.attach(id, AttachSession.Streams.OUTPUT)) {
      CompletableFuture<ExitStatus> end = engine.waitFor(id, WaitCondition.NEXT_EXIT);
      whole(
          () -> {
            engine.start(id, content);
            return id;
          });
      if (Thread.interrupted()) {
        throw new InterruptedException("the build was cancelled");
      }
      for (Optional<StreamFrame> frame = session.read();
          frame.isPresent();
          frame = session.read()) {
        tell(frame.get(), out, err);
      }
      output.text(out.rest());
      output.error(err.rest());
      return end.get().code();
    } catch (ExecutionException e) {
      throw new IOException("the end of container " + id + " is not known", e.getCause());
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T done() throws EngineException, InterruptedException;
  }

  /// Does what must not be broken off in the middle: who interrupts this thread is heard behind it.
  /// Half a start would leave processes that hold the container's control groups.
  private static <T> T whole(Work<T> work) throws IOException, EngineException {
    var task = new FutureTask<T>(work::done);
    Thread.ofVirtual().name("build-container").start(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EngineException refused) {
        throw refused;
      }
      throw new IOException(String.valueOf(e.getCause()), e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void tell(StreamFrame frame, TextStream out, TextStream err) {
    if (frame.stream() == StdStream.STDERR) {
      output.error(err.next(frame.data()));
    } else {
      output.text(out.next(frame.data()));
    }
  }

  /// Also where the build is being broken off: that must not leave anything.
  private void remove(String id) throws IOException, EngineException {
    whole(
        () -> {
          engine.remove(id, true, true);
          return id;
        });
    output.text(" ---> Removed intermediate container " + id.substring(0, SHORT) + "\n");
  }

  /// The body of a request for a container of this configuration.
  static ObjectNode request(ObjectNode config, Image image) {
    ObjectNode request = config.deepCopy();
    request.retain("User", "Env", "Cmd", "Entrypoint", "WorkingDir", "Healthcheck", "Volumes");
    return request.put("Image", image.id());
  }
}
