package swarm.runtime.container;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// Removes containers for a user, with Docker's refusals; what a removal does is [Lifecycle]'s,
/// which also removes by itself. Thread-safe.
final class Removal {
  private final Lifecycle lifecycle;
  private final Signalling signalling;

  Removal(Lifecycle lifecycle, Signalling signalling) {
    this.lifecycle = lifecycle;
    this.signalling = signalling;
  }

  /// Removes; one that runs is killed first if `force`, else refused.
  void remove(ManagedContainer managed, boolean force, boolean volumes)
      throws EngineException, InterruptedException {
    if (force && managed.view().state().isLive()) {
      try {
        signalling.kill(managed, "KILL");
      } catch (EngineException e) {
        // It ended by itself meanwhile, which is what is wanted.
        if (e.kind() != EngineException.Kind.CONFLICT) {
          throw e;
        }
      }
    }
    managed.lock.lockInterruptibly();
    try {
      if (managed.isRemoved) {
        return;
      }
      ContainerState state = managed.view().state();
      if (state.isLive() || (state == ContainerState.RESTARTING && !force)) {
        throw EngineException.conflict(
            "cannot remove container \""
                + managed.view().name()
                + "\": container is "
                + state.name().toLowerCase(Locale.ROOT)
                + ": stop the container before removing or force remove");
      }
      Optional<IOException> failure = lifecycle.removeLocked(managed, volumes);
      if (failure.isPresent()) {
        throw EngineException.failed(
            "container " + managed.id() + " could not be removed: " + failure.get().getMessage(),
            failure.get());
      }
    } finally {
      managed.lock.unlock();
    }
  }
}
