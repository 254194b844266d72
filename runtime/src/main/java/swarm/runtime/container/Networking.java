package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Changes of a container's networks while nobody starts, stops or removes it.
final class Networking {
  private final EngineContext context;

  Networking(EngineContext context) {
    this.context = context;
  }

  <X extends Exception> void change(ManagedContainer managed, NetworkChange<X> change)
      throws EngineException, InterruptedException, X {
    managed.lock.lockInterruptibly();
    try {
      Container container = managed.view();
      if (managed.isRemoved || container.state() == ContainerState.DEAD) {
        throw EngineException.conflict(
            "Container "
                + container.id()
                + " is marked for removal and cannot be connected or disconnected to the network");
      }
      NetworkChange.Result result = change.apply(container);
      if (container.state().isLive()) {
        rewrite(container.id(), result);
      }
      managed.update(
          container.withConfig(
              container.config().toBuilder().attributes(result.attributes()).build()));
    } catch (IOException e) {
      throw EngineException.failed(String.valueOf(e.getMessage()), e);
    } finally {
      managed.lock.unlock();
    }
  }

  // In place, for the files are mounted; what the container's own processes wrote stays.
  private void rewrite(String id, NetworkChange.Result result) throws IOException {
    Path hosts = context.paths().etc(id, "hosts");
    Files.write(hosts, HostsLines.changed(hosts, result.goneHosts(), result.addedHosts()));
    if (!result.resolvConf().isEmpty()) {
      Files.writeString(context.paths().etc(id, "resolv.conf"), result.resolvConf());
    }
  }
}
