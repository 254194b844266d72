package swarm.runtime.build;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Platform;
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
          "Volumes",
          StepCommitter.BESIDE);

  private final ImageStore images;
  private final HeldImages held;
  private final Optional<Instant> epoch;
  private final List<Image> sources;
  private boolean missed;

  /// @param epoch what the image must be made at, where times are fixed
  /// @param sources images of other builds, by their histories; empty for what was built here
  /// @param held gets what is found
  StepCache(
      ImageStore images,
      HeldImages held,
      Optional<Instant> epoch,
      List<Image> sources,
      boolean none) {
    this.images = images;
    this.held = held;
    this.epoch = epoch;
    this.sources = new ArrayList<>(sources);
    this.missed = none;
  }

  /// The image of a step over another one.
  ///
  /// @param parent nothing for a step over nothing
  /// @param step as it would be kept
  Optional<Image> find(Optional<Image> parent, StepCommitter.Step step) throws IOException {
    if (missed) {
      return Optional.empty();
    }
    Optional<Image> found = local(parent, step);
    if (found.isEmpty()) {
      found = elsewhere(parent, step);
    }
    found = found.filter(image -> held.add(image.id())); // somebody may have removed it just now
    missed = found.isEmpty();
    return found;
  }

  private Optional<Image> local(Optional<Image> parent, StepCommitter.Step step)
      throws IOException {
    Optional<Image> newest = Optional.empty();
    for (Image child : images.children(parent.map(Image::id).orElse(""))) {
      boolean fits =
          same(child.configuration().path("container_config"), step.stepConfig())
              && isFor(parent, step, child)
              && epoch.map(child.created()::equals).orElse(true);
      if (fits && newest.map(n -> n.created().isBefore(child.created())).orElse(true)) {
        newest = Optional.of(child);
      }
    }
    return newest;
  }

  /// Whether an image is for the platform that is wanted, which what is made of nothing may not be.
  private static boolean isFor(Optional<Image> parent, StepCommitter.Step step, Image image) {
    return parent.isPresent() || Platform.of(image).equals(step.platform());
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
  private Optional<Image> elsewhere(Optional<Image> parent, StepCommitter.Step step)
      throws IOException {
    int before = parent.map(p -> p.configuration().path("history").size()).orElse(0);
    for (Image source : List.copyOf(sources)) {
      JsonNode history = source.configuration().path("history");
      if (!isWithin(parent, source)
          || !isFor(parent, step, source)
          || !isStep(history.path(before), step)) {
        continue;
      }
      sources.retainAll(List.of(source)); // what follows is looked for in this one
      if (history.size() - 1 == before) {
        images.setParent(source.id(), parent.map(Image::id).orElse(""));
        return Optional.of(source);
      }
      return Optional.of(
          new StepCommitter(images, held::add).restore(parent, source, before + 1, step));
    }
    return Optional.empty();
  }

  private boolean isStep(JsonNode entry, StepCommitter.Step step) {
    String command = StepCommitter.command(step.stepConfig());
    return command.equals(entry.path("created_by").asText(""))
        && alike(entry.path(StepCommitter.BESIDE), step.stepConfig().path(StepCommitter.BESIDE))
        && epoch.map(e -> e.toString().equals(entry.path("created").asText(""))).orElse(true);
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
