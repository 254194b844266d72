package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;

/// What a removal of images did, as answers and events tell it.
final class RemovedImages {
  private RemovedImages() {}

  /// @param image whose names went, as it was before
  /// @param rows of the answer
  static void tell(Daemon daemon, Image image, ImageStore.Removal removal, ArrayNode rows) {
    String id = image.id();
    for (String name : removal.untagged()) {
      rows.addObject().put("Untagged", name);
      ImageEvents.of(daemon).tell("untag", image);
    }
    for (String gone : removal.deleted()) {
      rows.addObject().put("Deleted", gone);
      if (gone.equals(id)) { // the rest are layers
        ImageEvents.of(daemon).tell("delete", id, id);
      }
    }
  }
}
