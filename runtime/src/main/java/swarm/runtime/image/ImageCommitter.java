package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes an image out of what a container has written over another (`docker commit`).
public final class ImageCommitter {
  private final ImageStore store;

  /// @param store where the image comes in
  public ImageCommitter(ImageStore store) {
    this.store = store;
  }

  /// What the new image says of itself.
  ///
  /// @param containerId whose files they are
  /// @param container its configuration as the API has it
  /// @param config what the new image's shall be where it says something; may be empty
  /// @param changes Dockerfile instructions on top, as for an import
  /// @param comment for the history
  /// @param author who made it
  public record Description(
      String containerId,
      ObjectNode container,
      ObjectNode config,
      List<String> changes,
      String comment,
      String author) {}

  /// Keeps an image of the parent's layers and one more; of the parent's alone where nothing was
  /// written.
  ///
  /// @param reference what to call it; null for no name
  /// @throws ImageException where a change cannot be read; nothing is kept then, nor where the disk
  ///   is full
  public Image commit(
      Image parent,
      NewLayer layer,
      Description description,
      @Nullable Reference reference,
      Instant now)
      throws IOException {
    ObjectNode config = description.config().deepCopy();
    ConfigChanges.apply(config, description.changes());
    CommitConfig.merge(config, description.container());
    boolean clean = false;
    store.intake().lock();
    try {
      Optional<Image.Layer> top = NewLayer.keep(layer, store);
      Image made = add(parent, top, config, description, reference, now);
      clean = top.isPresent();
      return made;
    } finally {
      store.intake().unlock();
      if (!clean) {
        store.discardUnused(); // what failed, or an empty tar
      }
    }
  }

  private Image add(
      Image parent,
      Optional<Image.Layer> top,
      ObjectNode config,
      Description description,
      @Nullable Reference reference,
      Instant now)
      throws IOException {
    List<Image.Layer> layers = new ArrayList<>(parent.layers());
    top.ifPresent(layers::add);
    Manifests.checkDepth(layers.size(), "an image of this container");
    ObjectNode image = ImageStore.JSON.createObjectNode();
    for (String field : List.of("architecture", "os", "variant", "os.version")) {
      if (parent.configuration().has(field)) {
        image.set(field, parent.configuration().get(field));
      }
    }
    image.put("created", now.toString());
    if (!description.author().isEmpty()) {
      image.put("author", description.author());
    }
    image.put("container", description.containerId());
    image.set("container_config", description.container());
    image.set("config", config);
    ObjectNode rootfs = image.putObject("rootfs");
    rootfs.put("type", "layers");
    ArrayNode diffIds = rootfs.putArray("diff_ids");
    layers.forEach(layer -> diffIds.add(layer.diffId()));
    ArrayNode history = image.putArray("history");
    parent.configuration().path("history").forEach(history::add);
    history.add(step(top.isEmpty(), description, now));
    String id = store.content().put(new ByteArrayInputStream(Configuration.bytes(image)));
    return store.add(id, layers, reference, null);
  }

  private static ObjectNode step(boolean empty, Description description, Instant now) {
    ObjectNode step = ImageStore.JSON.createObjectNode();
    step.put("created", now.toString());
    List<String> command = new ArrayList<>();
    for (JsonNode word : description.container().path("Cmd")) {
      command.add(word.asText());
    }
    step.put("created_by", String.join(" ", command));
    if (!description.author().isEmpty()) {
      step.put("author", description.author());
    }
    if (!description.comment().isEmpty()) {
      step.put("comment", description.comment());
    }
    if (empty) {
      step.put("empty_layer", true);
    }
    return step;
  }
}
