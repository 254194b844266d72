package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;

/// Tells what happens to images, with the labels of those that are still there: listeners choose by
/// them (moby's `LogImageEvent`).
record ImageEvents(Events events, ImageStore images, Clock clock) {
  private static final Logger LOG = LoggerFactory.getLogger(ImageEvents.class);

  static ImageEvents of(Daemon daemon) {
    return new ImageEvents(daemon.events(), daemon.images(), daemon.clock());
  }

  /// @param image its id, or what it was called by whoever asked
  /// @param name as the event's attribute
  void tell(String action, String image, String name) {
    tell(action, image, name, labels(image));
  }

  /// Of one that may be gone by now.
  void tell(String action, Image image) {
    tell(action, image.id(), image.id(), labels(image));
  }

  private void tell(String action, String image, String name, Map<String, String> attributes) {
    attributes.put("name", name);
    events.publish("image", action, image, attributes, clock.instant(), "local");
  }

  private static Map<String, String> labels(Image image) {
    var all = new TreeMap<String, String>();
    JsonNode labels = image.configuration().path("config").path("Labels");
    labels.properties().forEach(l -> all.put(l.getKey(), l.getValue().asText()));
    return all;
  }

  private Map<String, String> labels(String image) {
    try {
      return images.find(image).map(ImageEvents::labels).orElseGet(TreeMap::new);
    } catch (IOException e) { // it happened all the same
      LOG.warn("the labels of image {} cannot be read for its event", image, e);
      return new TreeMap<>();
    }
  }
}
