package swarm.runtime.container;

import java.io.IOException;
import java.util.Map;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogReader;
import swarm.runtime.logs.LogStream;
import swarm.runtime.stdio.AttachSession;

/// What clients read from a container and write to it: its log, its standard streams, its terminal.
/// Thread-safe.
final class Streams {
  private final EngineContext context;

  Streams(EngineContext context) {
    this.context = context;
  }

  LogStream log(ManagedContainer managed, LogQuery query) throws EngineException {
    if (!managed.view().config().logging().readable()) {
      throw new EngineException(EngineException.Kind.UNSUPPORTED, EngineException.UNREADABLE_LOG);
    }
    try {
      LogReader reader =
          LogReader.open(
              context.paths().logFiles(managed.id()),
              query,
              context.inotify(),
              () -> !managed.isRemoved && managed.mayWrite());
      managed.addReader(reader);
      return reader;
    } catch (IOException e) {
      throw EngineException.failed("cannot read the log of " + managed.id(), e);
    }
  }

  /// @param reference as the client named the container
  AttachSession attach(ManagedContainer managed, String reference, AttachSession.Streams wanted)
      throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    try {
      Container container = managed.view();
      if (container.state() == ContainerState.PAUSED) {
        throw EngineException.conflict(
            "container " + reference + " is paused, unpause the container before attach");
      }
      if (container.state() == ContainerState.RESTARTING) {
        throw EngineException.conflict(
            "container " + reference + " is restarting, wait until the container is running");
      }
      AttachSession session = session(container, wanted);
      if (container.state() == ContainerState.RUNNING) {
        session.connect(context.readiness());
      } else {
        managed.waiting().removeIf(AttachSession::isClosed);
        managed.waiting().add(session);
      }
      context.publish(Action.ATTACH, container);
      return session;
    } catch (IOException e) {
      throw EngineException.failed("cannot attach to container " + managed.id(), e);
    } finally {
      managed.lock.unlock();
    }
  }

  private AttachSession session(Container container, AttachSession.Streams wanted) {
    ContainerConfig config = container.config();
    return new AttachSession(
        new AttachSession.Streams(
            wanted.stdin() && config.streams().openStdin(), wanted.stdout(), wanted.stderr()),
        context.paths().bundle(container.id()),
        config.streams().openStdin() && !Launcher.keepsStdin(config));
  }

  void resize(ManagedContainer managed, int rows, int columns) throws EngineException {
    try {
      if (!AttachSession.resize(context.paths().bundle(managed.id()), rows, columns)) {
        throw EngineException.conflict("container " + managed.id() + " is not running");
      }
    } catch (IOException e) {
      throw EngineException.failed("cannot resize the terminal of " + managed.id(), e);
    }
    context.publish(
        Action.RESIZE,
        managed.view(),
        Map.of("height", Integer.toString(rows), "width", Integer.toString(columns)));
  }
}
