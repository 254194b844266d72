package swarm.runtime.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.oci.OciSpec;
import swarm.runtime.oci.Resources;
import swarm.runtime.oci.RuntimeFailure;

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

  void update(ManagedContainer managed, Resources resources, RestartPolicy policy)
      throws EngineException, InterruptedException {
    managed.lock.lockInterruptibly();
    Path file = context.paths().scratch().resolve("update-" + count.incrementAndGet());
    try {
      Container container = managed.view();
      if (container.config().autoRemove() && policy.kind() != RestartPolicy.Kind.NO) {
        throw EngineException.invalid(
            "Restart policy cannot be updated because AutoRemove is enabled for the container");
      }
      if (container.state().isLive()) {
        Files.write(file, JSON.writeValueAsBytes(OciSpec.limits(resources, context.host())));
        context.runtime().update(container.id(), file);
      }
      ContainerConfig next =
          container.config().toBuilder().resources(resources).restartPolicy(policy).build();
      managed.update(container.withConfig(next));
      context.publish(Action.UPDATE, managed.view());
    } catch (IOException | RuntimeFailure e) {
      throw EngineException.failed(
          "cannot update container " + managed.id() + ": " + e.getMessage(), e);
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
