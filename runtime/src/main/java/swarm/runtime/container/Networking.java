package swarm.runtime.container;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes of a container's networks while nobody starts, stops or removes it.
final class Networking {
  private static final Logger LOG = LoggerFactory.getLogger(Networking.class);

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
      if (result.undo().isPresent()) {
        note(managed, result, result.undo().get());
      } else {
        noteWhatHappened(managed, result);
      }
    } catch (IOException e) {
      throw EngineException.failed(String.valueOf(e.getMessage()), e);
    } finally {
      managed.lock.unlock();
    }
  }

  private void note(ManagedContainer managed, NetworkChange.Result result, NetworkChange.Undo undo)
      throws IOException {
    var files = new EtcRewrite(context.paths(), managed.id());
    try {
      if (managed.view().state().isLive()) {
        files.make(result);
      }
      managed.update(changed(managed, result));
    } catch (IOException e) {
      files.takeBack(e);
      try {
        undo.run();
      } catch (IOException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  private void noteWhatHappened(ManagedContainer managed, NetworkChange.Result result) {
    try {
      if (managed.view().state().isLive()) {
        new EtcRewrite(context.paths(), managed.id()).make(result);
      }
    } catch (IOException e) { // Docker leaves such lines, too
      LOG.warn("names stay in /etc/hosts of container {} that are gone", managed.id(), e);
    }
    managed.keep(changed(managed, result));
  }

  private static Container changed(ManagedContainer managed, NetworkChange.Result result) {
    Container now = managed.view();
    return now.withConfig(now.config().toBuilder().attributes(result.attributes()).build());
  }
}
