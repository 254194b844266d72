package swarm.runtime.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.oci.RuntimeFailure;
import swarm.runtime.oci.SpecLimits;

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

  <X extends Exception> void update(ManagedContainer managed, ConfigChange<X> change)
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
            SpecLimits.changes(container.config().resources(), wanted.resources(), context.host());
        Files.write(file, JSON.writeValueAsBytes(limits));
        context.runtimeOf(container).update(container.id(), file);
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

  @Override
  public void close() {
    rotation.ifPresent(LogRotation::close);
  }
}
