package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.volume.VolumeException;

/// Makes containers: checks what is asked for, takes the name, has the volumes made and filled, and
/// writes the record. What fails half-way leaves nothing. Thread-safe.
final class Creation {
  private static final int NAME_ATTEMPTS = 64;

  private final EngineContext context;
  private final ContainerFiles files;
  private final ContainerVolumes volumes;

  Creation(EngineContext context, ContainerFiles files, ContainerVolumes volumes) {
    this.context = context;
    this.files = files;
    this.volumes = volumes;
  }

  /// @param id 64 hexadecimal digits, or nothing for random ones
  /// @param name unique; nothing for one made up
  Container create(Optional<String> id, Optional<String> name, ContainerConfig config)
      throws EngineException, InterruptedException {
    String containerId = id.orElseGet(Names::id);
    check(containerId, config);
    String containerName = reserve(containerId, name);
    try {
      return make(containerId, containerName, config);
    } catch (NoSuchFileException e) {
      context.registry().release(containerName, containerId);
      throw new EngineException(
          EngineException.Kind.NOT_FOUND, "No such image: " + config.imageId());
    } catch (VolumeException e) {
      context.registry().release(containerName, containerId);
      throw EngineException.of(e);
    } catch (IOException e) {
      context.registry().release(containerName, containerId);
      throw EngineException.failed("cannot create container: " + e.getMessage(), e);
    } catch (EngineException | InterruptedException | RuntimeException e) {
      context.registry().release(containerName, containerId);
      throw e;
    }
  }

  private void check(String id, ContainerConfig config) throws EngineException {
    if (!id.matches("[0-9a-f]{64}")) {
      throw EngineException.invalid("a container id has 64 hexadecimal digits: " + id);
    }
    if (context.registry().hasId(id)) {
      throw EngineException.conflict("container " + id + " exists already");
    }
    if (config.autoRemove() && config.restartPolicy().kind() != RestartPolicy.Kind.NO) {
      throw EngineException.invalid("can't create 'AutoRemove' container with restart policy");
    }
    var _ = Signalling.parse(config.stopSignal()); // else it could only be killed
    if (!config.host().runtime().isEmpty()) {
      var _ = context.runtime(config.host().runtime());
    }
    for (ContainerMount mount : config.mounts()) {
      if (mount instanceof ContainerMount.Bind bind) {
        SpecAssembly.checkSource(bind);
      }
    }
  }

  private String reserve(String id, Optional<String> name) throws EngineException {
    if (name.isPresent()) {
      context.registry().reserve(name.get(), id);
      return name.get();
    }
    for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
      String candidate = Names.name(attempt);
      if (!context.registry().hasName(candidate)) {
        context.registry().reserve(candidate, id);
        return candidate;
      }
    }
    context.registry().reserve(id, id);
    return id;
  }

  private Container make(String id, String name, ContainerConfig config)
      throws IOException, EngineException, InterruptedException {
    context.images().prepare(id, config.imageId());
    ContainerVolumes.Claimed claimed = volumes.claim(id, config);
    context.reached(CrashPoint.VOLUMES_CLAIMED);
    try {
      Container container =
          Container.created(
              id,
              name,
              claimed.config(),
              context.clock().instant(),
              context.paths().log(id).toString());
      files.seed(container);
      context.reached(CrashPoint.VOLUMES_SEEDED);
      context.store().create(container);
      context.reached(CrashPoint.CONTAINER_RECORDED);
      volumes.settle(claimed);
      context.registry().add(new ManagedContainer(container, context.store()));
      context.publish(Action.CREATE, container);
      return container;
    } catch (IOException | EngineException | InterruptedException | RuntimeException e) {
      volumes.abandon(id, claimed, e);
      discard(id, e);
      throw e;
    }
  }

  private void discard(String id, Exception cause) {
    try {
      context.store().delete(id);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
