package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import swarm.runtime.image.ImageStore;

/// What a removal of images did, as answers and events tell it.
final class RemovedImages {
  private RemovedImages() {}

  /// @param id of the image whose names went
  /// @param rows of the answer
  static void tell(Daemon daemon, String id, ImageStore.Removal removal, ArrayNode rows) {
    for (String name : removal.untagged()) {
      rows.addObject().put("Untagged", name);
      event(daemon, "untag", id);
    }
    for (String gone : removal.deleted()) {
      rows.addObject().put("Deleted", gone);
      if (gone.equals(id)) { // the rest are layers
        event(daemon, "delete", id);
      }
    }
  }

  private static void event(Daemon daemon, String action, String id) {
    ImageEvents.of(daemon).tell(action, id, id);
  }
}
