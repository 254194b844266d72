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
import java.util.function.Consumer;

/// Keeps what one step of a build made as an image, with what it was made of. Thread-safe.
public final class StepCommitter {
  /// What a step's configuration, and its entry in the history, have of what it copied beside what
  /// its command says of it: the history so goes wherever the image goes.
  public static final String BESIDE = "SwarmFiles";

  private final ImageStore store;
  private final Consumer<String> entered;

  /// @param store where the images come in
  /// @param entered hears each one's id before anybody can remove it
  public StepCommitter(ImageStore store, Consumer<String> entered) {
    this.store = store;
    this.entered = entered;
  }

  /// What a step made.
  ///
  /// @param config of containers of the image
  /// @param stepConfig the same with what the step ran or says in place of the command: by it a
  ///   later build knows the step again
  /// @param author who `MAINTAINER` names; empty for nobody
  /// @param created when
  /// @param platform of an image without a parent
  public record Step(
      ObjectNode config,
      ObjectNode stepConfig,
      String author,
      Instant created,
      Platform platform) {}

  /// Keeps a step's image: its parent's layers and one more, or the parent's alone where the step
  /// wrote nothing.
  ///
  /// @param parent nothing for an image made of nothing
  /// @param layer nothing for a step that changed the configuration alone
  public Image commit(Optional<Image> parent, Optional<NewLayer> layer, Step step)
      throws IOException {
    boolean clean = layer.isEmpty();
    store.intake().lock();
    try {
      Optional<Image.Layer> top =
          layer.isPresent() ? NewLayer.keep(layer.get(), store) : Optional.empty();
      Image made = add(parent, top, step);
      clean |= top.isPresent();
      return made;
    } finally {
      store.intake().unlock();
      if (!clean) {
        store.discardUnused(); // what failed, or an empty tar
      }
    }
  }

  /// Keeps the image that another one was before the steps of its history from `steps` on: a part
  /// of one that was built elsewhere.
  ///
  /// @param step the last of them, for what a history does not have
  public Image restore(Optional<Image> parent, Image whole, int steps, Step step)
      throws IOException {
    JsonNode history = whole.configuration().path("history");
    int count = 0;
    for (int i = 0; i < steps; i++) {
      count += history.path(i).path("empty_layer").asBoolean() ? 0 : 1;
    }
    List<Image.Layer> layers = whole.layers().subList(0, Math.min(count, whole.layers().size()));
    ObjectNode image = ImageStore.JSON.createObjectNode();
    platform(image, whole.configuration());
    image.set("created", history.path(steps - 1).path("created"));
    if (!step.author().isEmpty()) {
      image.put("author", step.author());
    }
    image.set("container_config", step.stepConfig());
    image.set("config", step.config());
    rootfs(image, layers);
    ArrayNode kept = image.putArray("history");
    for (int i = 0; i < steps; i++) {
      kept.add(history.path(i));
    }
    store.intake().lock();
    try {
      return keep(image, layers, parent);
    } finally {
      store.intake().unlock();
    }
  }

  private Image add(Optional<Image> parent, Optional<Image.Layer> top, Step step)
      throws IOException {
    List<Image.Layer> layers = new ArrayList<>();
    ObjectNode image = ImageStore.JSON.createObjectNode();
    ArrayNode history = ImageStore.JSON.createArrayNode();
    if (parent.isPresent()) {
      layers.addAll(parent.get().layers());
      platform(image, parent.get().configuration());
      parent.get().configuration().path("history").forEach(history::add);
    } else {
      image.put("architecture", step.platform().architecture());
      image.put("os", step.platform().os());
      if (!step.platform().variant().isEmpty()) {
        image.put("variant", step.platform().variant());
      }
    }
    top.ifPresent(layers::add);
    Manifests.checkDepth(layers.size(), "an image with this step");
    image.put("created", step.created().toString());
    if (!step.author().isEmpty()) {
      image.put("author", step.author());
    }
    image.set("container_config", step.stepConfig());
    image.set("config", step.config());
    rootfs(image, layers);
    history.add(entry(top.isEmpty(), step));
    image.set("history", history);
    return keep(image, layers, parent);
  }

  private Image keep(ObjectNode image, List<Image.Layer> layers, Optional<Image> parent)
      throws IOException {
    String id = store.content().put(new ByteArrayInputStream(Configuration.bytes(image)));
    return store.addStep(id, layers, parent.map(Image::id).orElse(""), entered);
  }

  private static void platform(ObjectNode image, JsonNode from) {
    for (String field : List.of("architecture", "os", "variant", "os.version")) {
      if (from.has(field)) {
        image.set(field, from.get(field));
      }
    }
  }

  private static void rootfs(ObjectNode image, List<Image.Layer> layers) {
    ArrayNode diffIds = image.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    layers.forEach(layer -> diffIds.add(layer.diffId()));
  }

  private static ObjectNode entry(boolean empty, Step step) {
    ObjectNode entry = ImageStore.JSON.createObjectNode();
    entry.put("created", step.created().toString());
    if (!step.author().isEmpty()) {
      entry.put("author", step.author());
    }
    entry.put("created_by", command(step.stepConfig()));
    if (empty) {
      entry.put("empty_layer", true);
    }
    if (step.stepConfig().has(BESIDE)) {
      entry.set(BESIDE, step.stepConfig().get(BESIDE));
    }
    return entry;
  }

  /// What the history says of a step.
  public static String command(JsonNode stepConfig) {
    List<String> words = new ArrayList<>();
    stepConfig.path("Cmd").forEach(word -> words.add(word.asText()));
    return String.join(" ", words);
  }
}
