package swarm.runtime.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.StepCommitter;

/// Finds the image that an earlier build made by the same step of the same image (moby's
/// `image/cache`). For one stage: once a step is not found, none after it is looked for.
final class StepCache {
  /// What two steps must have in common; all else of a configuration follows from the steps before.
  private static final List<String> FIELDS =
      List.of(
          "AttachStdout",
          "AttachStderr",
          "User",
          "OpenStdin",
          "Tty",
          "Cmd",
          "Env",
          "Labels",
          "ExposedPorts",
          "Entrypoint",
          "Volumes");

  private final ImageStore images;
  private final Optional<Instant> epoch;
  private final List<Image> sources;
  private boolean missed;

  /// @param epoch what the image must be made at, where times are fixed
  /// @param sources images of other builds, by their histories; empty for what was built here
  StepCache(ImageStore images, Optional<Instant> epoch, List<Image> sources, boolean none) {
    this.images = images;
    this.epoch = epoch;
    this.sources = new ArrayList<>(sources);
    this.missed = none;
  }

  /// The image of a step over another one.
  ///
  /// @param parent nothing for a step over nothing
  /// @param stepConfig the configuration with what the step runs or says as its command
  Optional<Image> find(Optional<Image> parent, ObjectNode stepConfig) throws IOException {
    if (missed) {
      return Optional.empty();
    }
    Optional<Image> found = local(parent, stepConfig);
    if (found.isEmpty()) {
      found = elsewhere(parent, stepConfig);
    }
    missed = found.isEmpty();
    return found;
  }

  private Optional<Image> local(Optional<Image> parent, ObjectNode stepConfig) throws IOException {
    Optional<Image> newest = Optional.empty();
    for (Image child : images.children(parent.map(Image::id).orElse(""))) {
      boolean fits =
          same(child.configuration().path("container_config"), stepConfig)
              && epoch.map(child.created()::equals).orElse(true);
      if (fits && newest.map(n -> n.created().isBefore(child.created())).orElse(true)) {
        newest = Optional.of(child);
      }
    }
    return newest;
  }

  /// Whether two configurations are one step. Pure.
  static boolean same(JsonNode one, JsonNode other) {
    if (!one.isObject() || one.path("OpenStdin").asBoolean()) {
      return false;
    }
    return FIELDS.stream().allMatch(field -> alike(one.path(field), other.path(field)));
  }

  /// What says nothing is alike: absent, null, false, empty.
  private static boolean alike(JsonNode one, JsonNode other) {
    return one.equals(other) || (saysNothing(one) && saysNothing(other));
  }

  private static boolean saysNothing(JsonNode node) {
    return node.isMissingNode()
        || node.isNull()
        || (node.isContainerNode() && node.isEmpty())
        || (node.isBoolean() && !node.asBoolean())
        || (node.isTextual() && node.asText().isEmpty());
  }

  /// A step of an image that was built elsewhere is known by what its history says.
  private Optional<Image> elsewhere(Optional<Image> parent, ObjectNode stepConfig)
      throws IOException {
    for (Image source : List.copyOf(sources)) {
      JsonNode history = source.configuration().path("history");
      int before = parent.map(p -> p.configuration().path("history").size()).orElse(0);
      if (!isWithin(parent, source)
          || !StepCommitter.command(stepConfig)
              .equals(history.path(before).path("created_by").asText(""))) {
        continue;
      }
      sources.retainAll(List.of(source)); // what follows is looked for in this one
      if (history.size() - 1 == before) {
        images.setParent(source.id(), parent.map(Image::id).orElse(""));
        return Optional.of(source);
      }
      return Optional.of(new StepCommitter(images).restore(parent, source, before + 1, stepConfig));
    }
    return Optional.empty();
  }

  /// Whether an image begins as another one. Pure.
  static boolean isWithin(Optional<Image> parent, Image image) {
    JsonNode history = image.configuration().path("history");
    if (history.isEmpty()) {
      return false;
    }
    if (parent.isEmpty()) {
      return true;
    }
    JsonNode own = parent.get().configuration().path("history");
    List<Image.Layer> layers = parent.get().layers();
    if (own.size() >= history.size() || layers.size() > image.layers().size()) {
      return false;
    }
    for (int i = 0; i < own.size(); i++) {
      if (!own.path(i).equals(history.path(i))) {
        return false;
      }
    }
    for (int i = 0; i < layers.size(); i++) {
      if (!layers.get(i).diffId().equals(image.layers().get(i).diffId())) {
        return false;
      }
    }
    return true;
  }
}
