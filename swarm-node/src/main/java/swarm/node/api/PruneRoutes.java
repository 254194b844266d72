package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.PruneFilter;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImageStore;
import swarm.scheduler.model.Wire;

/// `/.../prune`: everything of a kind that nothing uses goes.
final class PruneRoutes {
  private final Daemon daemon;

  PruneRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("POST", "/images/prune", this::images);
  }

  private Instant now() {
    return daemon.clock().instant();
  }

  private void images(Call call) throws IOException, ApiException {
    Map<String, Set<String>> given = call.filters();
    PruneFilter filter = PruneFilter.images(given, now(), ZoneId.systemDefault());
    var uses = new ContainerUses(daemon.engine().list());
    ArrayNode deleted = Wire.JSON.createArrayNode();
    long freed = 0;
    for (Image image : daemon.images().list()) {
      boolean wanted =
          (!filter.dangling() || image.tags().isEmpty()) && !daemon.images().isHeld(image.id());
      if (wanted && uses.count(image.id()) == 0 && filter.passes(image.created(), image.labels())) {
        freed += prune(image, uses, deleted);
      }
    }
    daemon
        .events()
        .publish("image", "prune", "", Map.of("reclaimed", Long.toString(freed)), now(), "local");
    ObjectNode answer = Wire.JSON.createObjectNode();
    answer.set("ImagesDeleted", deleted);
    call.respond(200, answer.put("SpaceReclaimed", freed));
  }

  /// An image goes with all of its names; one that somebody uses or removes meanwhile is left.
  private long prune(Image image, ContainerUses uses, ArrayNode deleted) throws IOException {
    long freed = 0;
    try {
      for (String name : image.tags().isEmpty() ? Set.of(image.id()) : Set.copyOf(image.tags())) {
        ImageStore.Removal removal = daemon.images().remove(name, image.tags().isEmpty(), uses);
        RemovedImages.tell(daemon, image, removal, deleted);
        freed += removal.freed();
      }
    } catch (ImageException e) {
      if (e.kind() != ImageException.Kind.NOT_FOUND && e.kind() != ImageException.Kind.CONFLICT) {
        throw e;
      }
    }
    return freed;
  }
}
