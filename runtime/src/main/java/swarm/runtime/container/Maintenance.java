package swarm.runtime.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.oci.OciSpec;
import swarm.runtime.oci.RuntimeFailure;
import swarm.runtime.snapshot.OverlayMounts;

/// Changes of limits, access to files, rotation of logs.
final class Maintenance implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EngineContext context;
  private final AtomicLong count = new AtomicLong();
  private Optional<LogRotation> rotation = Optional.empty();

  Maintenance(EngineContext context) {
    this.context = context;
  }

  void start() {
    rotation = Optional.of(new LogRotation(context));
  }

  <X extends Exception> void update(
      ManagedContainer managed, ContainerEngine.ConfigChange<X> change)
      throws EngineException, InterruptedException, X {
    managed.lock.lockInterruptibly();
    Path file = context.paths().scratch().resolve("update-" + count.incrementAndGet());
    try {
      Container container = managed.view();
      if (managed.isRemoved || container.state() == ContainerState.DEAD) {
        throw EngineException.conflict(
            "Cannot update container "
                + container.id()
                + ": container is marked for removal and cannot be \"update\"");
      }
      ContainerConfig wanted = change.apply(container);
      if (container.state().isLive()) {
        ObjectNode limits =
            OciSpec.changes(container.config().resources(), wanted.resources(), context.host());
        Files.write(file, JSON.writeValueAsBytes(limits));
        context.runtime(container).update(container.id(), file);
      }
      ContainerConfig next =
          container.config().toBuilder()
              .resources(wanted.resources())
              .restartPolicy(wanted.restartPolicy())
              .attributes(wanted.attributes())
              .build();
      managed.update(container.withConfig(next));
      context.publish(Action.UPDATE, managed.view());
    } catch (IOException | RuntimeFailure e) {
      throw EngineException.failed(
          "Cannot update container " + managed.id() + ": " + e.getMessage(), e);
    } finally {
      managed.lock.unlock();
      delete(file);
    }
  }

  private static void delete(Path file) throws EngineException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw EngineException.failed("cannot delete " + file, e);
    }
  }

  <T> T withRootfs(ManagedContainer managed, ContainerEngine.RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    managed.lock.lockInterruptibly();
    try {
      if (managed.isRemoved) {
        throw EngineException.notFound(managed.id());
      }
      if (!managed.view().state().isLive()) {
        return mounted(managed.view(), function);
      }
    } finally {
      managed.lock.unlock();
    }
    return function.apply(context.paths().rootfs(managed.id()));
  }

  // The lock keeps the container from being started on a second mount of the same layers.
  private <T> T mounted(Container container, ContainerEngine.RootfsFunction<T> function)
      throws IOException, InterruptedException, EngineException {
    Path root = context.paths().rootfs(container.id());
    Files.createDirectories(root);
    try {
      OverlayMounts.mount(
          context.images().prepare(container.id(), container.config().imageId()),
          context.paths().layer(container),
          root);
      return function.apply(root);
    } finally {
      OverlayMounts.unmount(root);
      Files.delete(root);
      OverlayMounts.deleteTree(context.paths().bundle(container.id()));
    }
  }

  @Override
  public void close() {
    rotation.ifPresent(LogRotation::close);
  }
}
