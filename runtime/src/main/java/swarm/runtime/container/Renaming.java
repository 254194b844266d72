package swarm.runtime.container;

import java.io.IOException;
import java.util.Map;
import swarm.runtime.container.ContainerEvent.Action;

/// Gives containers other names. Thread-safe.
final class Renaming {
  private final EngineContext context;

  Renaming(EngineContext context) {
    this.context = context;
  }

  /// @param newName with or without a leading slash
  void rename(ManagedContainer managed, String newName)
      throws EngineException, InterruptedException {
    String name = newName.startsWith("/") ? newName.substring(1) : newName;
    managed.lock.lockInterruptibly();
    try {
      String oldName = managed.view().name();
      if (name.equals(oldName)) {
        throw EngineException.invalid(
            "Renaming a container with the same name as its current name");
      }
      reserve(name, managed.id());
      try {
        managed.update(managed.view().withName(name));
      } catch (IOException e) {
        context.registry().release(name, managed.id());
        throw EngineException.failed("cannot rename container", e);
      }
      context.registry().release(oldName, managed.id());
      context.publish(Action.RENAME, managed.view(), Map.of("oldName", "/" + oldName));
    } finally {
      managed.lock.unlock();
    }
  }

  private void reserve(String name, String id) throws EngineException {
    try {
      context.registry().reserve(name, id);
    } catch (EngineException e) {
      throw new EngineException(e.kind(), "Error when allocating new name: " + e.getMessage());
    }
  }
}
