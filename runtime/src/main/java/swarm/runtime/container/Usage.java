package swarm.runtime.container;

import java.io.IOException;
import java.util.Optional;
import swarm.runtime.archive.TreeSize;
import swarm.runtime.container.ContainerEvent.Action;

/// What containers run and use. Thread-safe.
final class Usage implements AutoCloseable {
  private final EngineContext context;
  private final ProcessTables processes;
  private final StatsFeed feed = new StatsFeed(this::readIfLive);

  Usage(EngineContext context) {
    this.context = context;
    this.processes = new ProcessTables(context.paths().scratch());
  }

  ProcessTable top(ManagedContainer managed, String options)
      throws EngineException, InterruptedException {
    Container container = requireLive(managed);
    try {
      ProcessTable table = processes.read(Cgroups.processes(cgroup(container)), options);
      context.publish(Action.TOP, container);
      return table;
    } catch (IOException e) {
      throw EngineException.failed("cannot list the processes of " + container.id(), e);
    }
  }

  ContainerStats stats(ManagedContainer managed) throws EngineException {
    Container container = requireLive(managed);
    try {
      return read(container);
    } catch (IOException e) {
      throw EngineException.failed("cannot read what " + container.id() + " uses", e);
    }
  }

  StatsWatch watch(ManagedContainer managed) {
    return feed.watch(managed);
  }

  long writtenBytes(Container container) throws EngineException {
    try {
      return TreeSize.of(context.paths().layer(container).upper());
    } catch (IOException e) {
      throw EngineException.failed("cannot measure the files of container " + container.id(), e);
    }
  }

  private Optional<ContainerStats> readIfLive(ManagedContainer managed) throws IOException {
    Container container = managed.view();
    return container.state().isLive() ? Optional.of(read(container)) : Optional.empty();
  }

  private ContainerStats read(Container container) throws IOException {
    boolean ownNetwork = !container.config().namespaces().networkMode().equals("host");
    return StatsReader.read(
        cgroup(container), container.pid(), ownNetwork, context.clock().instant());
  }

  private static Container requireLive(ManagedContainer managed) throws EngineException {
    Container container = managed.view();
    if (container.state() == ContainerState.RESTARTING) {
      throw EngineException.conflict(
          "Container " + container.id() + " is restarting, wait until the container is running");
    }
    if (!container.state().isLive()) {
      throw EngineException.conflict("container " + container.id() + " is not running");
    }
    return container;
  }

  private String cgroup(Container container) {
    return context.options().cgroupParent() + "/" + container.id();
  }

  @Override
  public void close() {
    feed.close();
  }
}
