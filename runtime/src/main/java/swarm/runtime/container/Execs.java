package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.Pidfd;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecInfo;
import swarm.runtime.exec.ExecInfo.State;
import swarm.runtime.exec.ExecSession;
import swarm.runtime.oci.Conmon;
import swarm.runtime.oci.ConsoleSize;
import swarm.runtime.oci.Signals;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.stdio.AttachSession;

/// The execs of an engine: made, started, looked at, and forgotten some minutes after their end, or
/// with their container. An exec is named by its whole id. Thread-safe; calls block.
public final class Execs {
  private static final Logger LOG = LoggerFactory.getLogger(Execs.class);
  // Docker forgets them at the second look after their end; it looks every five minutes.
  private static final Duration KEPT = Duration.ofMinutes(5);
  // Whoever makes execs and starts none must not fill the memory.
  private static final int MOST_IDLE = 4_096;
  private static final int NOT_STARTED = 126;

  private final EngineContext context;
  private final ExecRunner runner;
  private final Map<String, Exec> byId = new LinkedHashMap<>(); // oldest first; its own lock

  Execs(EngineContext context) {
    this.context = context;
    this.runner = new ExecRunner(context);
  }

  /// Notes down one more process for a running container; [#start] runs it. Kept until minutes
  /// after its end.
  ///
  /// @param reference the container's
  public ExecInfo create(String reference, ExecConfig config) throws EngineException {
    return create(context.registry().find(reference), config, false);
  }

  /// Runs what checks a container's health, its output attached; the next daemon kills it.
  ExecSession probe(ManagedContainer managed, ExecConfig config)
      throws EngineException, InterruptedException {
    return start(create(managed, config, true).id(), true, Optional.empty());
  }

  private ExecInfo create(ManagedContainer managed, ExecConfig config, boolean probe)
      throws EngineException {
    Container container = managed.view();
    requireRunning(container);
    if (config.args().isEmpty()) {
      throw EngineException.invalid("No exec command specified");
    }
    var exec = new Exec(Names.id(), container.id(), config, probe);
    synchronized (byId) {
      forget();
      byId.put(exec.info().id(), exec);
    }
    context.publish(Action.EXEC_CREATE, container, details(exec));
    return exec.info();
  }

  /// Starts what was made; once.
  ///
  /// @param attached whether the streams that it was made with are wanted
  /// @param size of its terminal when it begins
  /// @throws EngineException FAILED with an exit code where the command cannot be run; CONFLICT
  ///   where it was started before
  public ExecSession start(String id, boolean attached, Optional<ConsoleSize> size)
      throws EngineException, InterruptedException {
    Exec exec = find(id);
    Container container = usable(exec);
    exec.claim();
    context.publish(Action.EXEC_START, container, details(exec));
    try {
      ExecConfig config = attached ? exec.config() : exec.config().detached();
      ExecRunner.Running running = runner.run(container, id, config, exec.probe(), size);
      exec.started(running.pid());
      var end = runner.watch(id, running.monitor(), code -> ended(exec, code));
      return new ExecSession(
          id, running.pid(), running.streams(), end, context.paths().execFolder(id));
    } catch (EngineException e) {
      exec.ended(e.exitCode() == 0 ? NOT_STARTED : e.exitCode(), context.clock().instant());
      throw e;
    }
  }

  private void ended(Exec exec, int code) {
    exec.ended(code, context.clock().instant());
    ExecInfo info = exec.info();
    try {
      context.publish(
          Action.EXEC_DIE,
          context.registry().find(info.containerId()).view(),
          Map.of("execID", info.id(), "exitCode", Integer.toString(code)));
    } catch (EngineException _) {
      LOG.debug("exec {} ended with its container, which is gone", info.id());
    }
  }

  /// How an exec stands.
  public ExecInfo info(String id) throws EngineException {
    ExecInfo info = find(id).info();
    if (!context.registry().hasId(info.containerId())) {
      throw EngineException.noExec(id);
    }
    return info;
  }

  /// As [#info], but fails with CONFLICT where its container cannot run it now.
  public ExecInfo require(String id) throws EngineException {
    Exec exec = find(id);
    var _ = usable(exec);
    return exec.info();
  }

  /// The execs of a container that have not ended, oldest first.
  ///
  /// @param reference the container's
  public List<String> of(String reference) throws EngineException {
    String containerId = context.registry().find(reference).id();
    synchronized (byId) {
      return byId.values().stream()
          .map(Exec::info)
          .filter(e -> e.containerId().equals(containerId) && e.state() != State.ENDED)
          .map(ExecInfo::id)
          .toList();
    }
  }

  /// Tells the events that a client left an exec's streams by its detach keys.
  public void detached(String id) throws EngineException {
    Container container = context.registry().find(info(id).containerId()).view();
    context.publish(Action.EXEC_DETACH, container, Map.of("execID", id));
  }

  /// Sets the size of an exec's terminal.
  public void resize(String id, int rows, int columns) throws EngineException {
    ExecInfo exec = require(id);
    try {
      if (!AttachSession.resize(context.paths().execFolder(exec.id()), rows, columns)) {
        throw EngineException.conflict("exec " + exec.id() + " is not running");
      }
    } catch (IOException e) {
      throw EngineException.failed("cannot resize the terminal of exec " + exec.id(), e);
    }
  }

  /// Drops one that has ended and that no user knows of.
  void forget(String id) {
    synchronized (byId) {
      byId.remove(id);
    }
  }

  private Exec find(String id) throws EngineException {
    synchronized (byId) {
      Exec exec = byId.get(id);
      if (exec == null) {
        throw EngineException.noExec(id);
      }
      return exec;
    }
  }

  private Container usable(Exec exec) throws EngineException {
    Container container = context.registry().find(exec.info().containerId()).view();
    requireRunning(container);
    return container;
  }

  private static void requireRunning(Container container) throws EngineException {
    switch (container.state()) {
      case RUNNING -> {
        // as it should be
      }
      case PAUSED ->
          throw EngineException.conflict(
              "Container " + container.id() + " is paused, unpause the container before exec");
      case RESTARTING ->
          throw EngineException.conflict(
              "Container "
                  + container.id()
                  + " is restarting, wait until the container is running");
      case CREATED, EXITED, DEAD ->
          throw EngineException.conflict("container " + container.id() + " is not running");
    }
  }

  private static Map<String, String> details(Exec exec) {
    return Map.of(
        "execID", exec.info().id(), "execCommand", String.join(" ", exec.config().args()));
  }

  /// Drops those that ended long ago or whose container is gone, and the oldest of too many that do
  /// not run. The lock is held.
  private void forget() {
    Instant limit = context.clock().instant().minus(KEPT);
    byId.values()
        .removeIf(e -> e.endedBefore(limit) || !context.registry().hasId(e.info().containerId()));
    if (byId.size() > MOST_IDLE) {
      var idle =
          byId.values().stream()
              .map(Exec::info)
              .filter(e -> e.state() != State.RUNNING)
              .map(ExecInfo::id)
              .toList();
      idle.stream().limit(Math.max(0, idle.size() - MOST_IDLE)).forEach(byId::remove);
    }
  }

  // While it is the monitor's child, its number is no other's.
  private static void killChild(Pidfd monitor, int pid) throws IOException {
    Optional<Pidfd> found = pid <= 0 ? Optional.empty() : Pidfd.open(pid);
    if (found.isPresent()) {
      try (Pidfd process = found.get()) {
        if (ProcessHandle.of(pid)
            .flatMap(ProcessHandle::parent)
            .filter(parent -> parent.pid() == monitor.pid())
            .isPresent()) {
          boolean _ = process.signal(Signals.SIGKILL);
        }
      }
    }
  }

  /// Takes over what an earlier daemon started: still running where its monitor is.
  void adopt(String id, Optional<Pidfd> monitor) throws IOException {
    Path folder = context.paths().execFolder(id);
    Optional<Exec> known =
        ExecFile.read(folder).map(f -> new Exec(id, f.containerId(), f.config(), f.probe()));
    known.ifPresent(
        exec -> {
          synchronized (byId) {
            byId.put(id, exec);
          }
        });
    if (known.isPresent()) {
      known.get().started(ExecFile.pid(folder));
    }
    if (monitor.isPresent()) {
      if (known.isPresent() && known.get().probe()) {
        killChild(monitor.get(), ExecFile.pid(folder)); // nobody waits for its result
      }
      var _ =
          runner
              .watch(id, monitor.get(), code -> known.ifPresent(exec -> ended(exec, code)))
              .exceptionally(
                  e -> {
                    if (!(e instanceof CancellationException)) { // the engine closes
                      LOG.warn("exec {} could not be cleared away", id, e);
                    }
                    return 0;
                  });
      return;
    }
    if (known.isPresent()) {
      int code = Conmon.exitCode(folder).orElse(ExecRunner.UNKNOWN_EXIT);
      known.get().ended(code, context.clock().instant());
    }
    OverlayMounts.deleteTree(folder);
  }
}
