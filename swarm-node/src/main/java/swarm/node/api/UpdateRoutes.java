package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.PruneFilter;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.EngineException;
import swarm.runtime.oci.CgroupFeatures;
import swarm.scheduler.model.Wire;

/// `/containers/{id}/update` and `/containers/prune`.
final class UpdateRoutes {
  private final Daemon daemon;
  private final ContainerEngine engine;
  private final ReentrantLock pruning = new ReentrantLock();

  UpdateRoutes(Daemon daemon) {
    this.daemon = daemon;
    this.engine = daemon.engine();
  }

  void add(Router router) {
    router.add("POST", "/containers/{id}/update", this::update);
    router.add("POST", "/containers/prune", this::prune);
  }

  private void update(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    var wanted = ContainerUpdate.read(body, daemon.cpus(), CgroupFeatures.read());
    engine.<ApiException>update(call.path("id"), wanted::apply);
    ObjectNode answer = Wire.JSON.createObjectNode();
    wanted.warnings().forEach(answer.putArray("Warnings")::add);
    call.respond(200, answer);
  }

  private void prune(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    var filter =
        PruneFilter.others(call.filters(), daemon.clock().instant(), ZoneId.systemDefault());
    if (!pruning.tryLock()) {
      throw new ApiException(409, "a prune operation is already running");
    }
    try {
      ObjectNode answer = Wire.JSON.createObjectNode();
      ArrayNode deleted = answer.putArray("ContainersDeleted");
      long reclaimed = 0;
      for (Container container : engine.list()) {
        if (container.state().isLive()
            || container.state() == ContainerState.RESTARTING
            || !filter.passes(container.createdAt(), container.config().labels())) {
          continue;
        }
        long size = engine.writtenBytes(container.id());
        if (removed(container)) {
          deleted.add(container.id());
          reclaimed += size;
        }
      }
      answer.put("SpaceReclaimed", reclaimed);
      daemon
          .events()
          .publish(
              "container",
              "prune",
              "",
              Map.of("reclaimed", Long.toString(reclaimed)),
              daemon.clock().instant(),
              "local");
      call.respond(200, answer);
    } finally {
      pruning.unlock();
    }
  }

  /// One that was started or removed meanwhile is left alone.
  private boolean removed(Container container) throws EngineException, InterruptedException {
    try {
      engine.remove(container.id(), false);
      return true;
    } catch (EngineException e) {
      return switch (e.kind()) {
        case CONFLICT, NOT_FOUND -> false;
        case INVALID, FAILED, UNSUPPORTED -> throw e;
      };
    }
  }
}
