package swarm.runtime.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.Pidfd;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.oci.AppArmor;
import swarm.runtime.oci.Conmon;
import swarm.runtime.oci.ConsoleSize;
import swarm.runtime.oci.OciSpec;
import swarm.runtime.oci.ProcessRequest;
import swarm.runtime.oci.ResolvedUser;
import swarm.runtime.oci.RuntimeFailure;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.stdio.AttachSession;

/// Runs further processes in live containers, each with a monitor and a folder of its own.
final class ExecRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ExecRunner.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  static final int UNKNOWN_EXIT = 255;

  private final EngineContext context;

  ExecRunner(EngineContext context) {
    this.context = context;
  }

  /// A process that was started.
  ///
  /// @param streams its attached streams, if any were asked for
  record Running(int pid, Pidfd monitor, Optional<AttachSession> streams) {}

  Running run(
      Container container, String id, ExecConfig config, boolean probe, Optional<ConsoleSize> size)
      throws EngineException, InterruptedException {
    Path folder = context.paths().execFolder(id);
    boolean stdin = config.streams().map(AttachSession.Streams::stdin).orElse(false);
    Optional<AttachSession> session =
        config.streams().map(wanted -> new AttachSession(wanted, folder, stdin && !config.tty()));
    try {
      Files.createDirectories(folder);
      ExecFile.write(folder, new ExecFile.Content(container.id(), config, probe));
      Path spec = folder.resolve("process.json");
      Files.write(spec, JSON.writeValueAsBytes(OciSpec.process(request(container, config, size))));
      var options =
          new Conmon.Options(
              container.id(), folder, Optional.empty(), config.tty(), stdin, config.tty());
      Optional<Conmon.BeforeStart> attach =
          session.map(waiting -> () -> waiting.connect(context.readiness()));
      Conmon.Started started =
          context.conmon().exec(context.runtimeOf(container), options, spec, attach);
      return new Running(started.pid(), started.monitor(), session);
    } catch (RuntimeFailure e) {
      abandon(session, folder);
      throw new EngineException(
          EngineException.Kind.FAILED,
          "OCI runtime exec failed: " + e.getMessage() + ": unknown",
          e.exitCode());
    } catch (IOException e) {
      abandon(session, folder);
      throw EngineException.failed(
          "cannot execute in container " + container.id() + ": " + e.getMessage(), e);
    } catch (EngineException e) {
      abandon(session, folder);
      throw e;
    }
  }

  private ProcessRequest request(Container container, ExecConfig config, Optional<ConsoleSize> size)
      throws IOException, EngineException {
    ContainerConfig own = container.config();
    ResolvedUser user =
        Launcher.resolveUser(
            context.paths().rootfs(container.id()),
            config.user().isEmpty() ? own.process().user() : config.user(),
            own.process().groupAdd());
    String hostname = own.hostname().isEmpty() ? container.shortId() : own.hostname();
    List<String> base = SpecAssembly.environment(own.process().env(), hostname, config.tty());
    String directory =
        config.workingDir().isEmpty() ? own.process().workingDir() : config.workingDir();
    return new ProcessRequest(
        config.args(),
        SpecAssembly.overridden(base, config.env()),
        directory.isEmpty() ? "/" : directory,
        user,
        config.tty(),
        config.privileged() ? context.host().capabilities() : context.specs().capabilities(own),
        SpecAssembly.noNewPrivileges(own),
        config.privileged() && context.apparmor().enabled()
            ? AppArmor.UNCONFINED
            : context.specs().apparmorProfile(own),
        own.resources().ulimits(),
        own.oomScoreAdj(),
        size);
  }

  /// Waits for the end of a monitor, in the background.
  ///
  /// @param ended told the exit code before the returned future is completed with it
  CompletableFuture<Integer> watch(String execId, Pidfd monitor, IntConsumer ended) {
    var result = new CompletableFuture<Integer>();
    Thread.ofVirtual()
        .name("exec-" + execId.substring(0, 12))
        .start(
            () -> {
              try {
                int code = awaitEnd(execId, monitor);
                ended.accept(code);
                result.complete(code);
              } catch (IOException e) {
                result.completeExceptionally(e);
              } catch (CancellationException e) {
                result.cancel(false);
              }
            });
    return result;
  }

  private int awaitEnd(String execId, Pidfd monitor) throws IOException {
    Path folder = context.paths().execFolder(execId);
    monitor.ended(context.readiness()).join();
    monitor.reap();
    monitor.close(context.readiness());
    int code = Conmon.exitCode(folder).orElse(UNKNOWN_EXIT);
    OverlayMounts.deleteTree(folder);
    return code;
  }

  private static void abandon(Optional<AttachSession> session, Path folder) {
    session.ifPresent(AttachSession::abandon);
    session.ifPresent(AttachSession::close);
    try {
      OverlayMounts.deleteTree(folder);
    } catch (IOException e) {
      LOG.warn("folder {} of a failed exec could not be deleted", folder, e);
    }
  }
}
