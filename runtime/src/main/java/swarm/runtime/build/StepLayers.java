package swarm.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import swarm.linux.DetachedMounts;
import swarm.runtime.archive.LayerTar;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.StepCommitter;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.snapshot.Rootfs;

/// Images' files for steps that need no container: mounted where nobody sees them, written over,
/// and what was written kept as a layer. Thread-safe.
final class StepLayers {
  private final ImageStore images;
  private final StepCommitter committer;
  private final Path folder;

  /// @param folder for what is being written, emptied by whoever owns it
  /// @param held gets what is made
  StepLayers(ImageStore images, HeldImages held, Path folder) {
    this.images = images;
    this.committer = new StepCommitter(images, held::add);
    this.folder = folder;
  }

  /// Something to do with an image's files.
  @FunctionalInterface
  interface Work<T> {
    T on(Path root) throws IOException, EngineException, DockerfileException, InterruptedException;
  }

  /// Changes an image's files.
  @FunctionalInterface
  interface Change {
    void to(Path root) throws IOException, DockerfileException;
  }

  /// Keeps an image that differs in its configuration alone.
  Image commit(Optional<Image> parent, StepCommitter.Step step) throws IOException {
    return committer.commit(parent, Optional.empty(), step);
  }

  /// Keeps an image with changed files.
  Image commit(Optional<Image> parent, Change change, StepCommitter.Step step, boolean fixedTimes)
      throws IOException, DockerfileException, InterruptedException {
    Path place = Files.createTempDirectory(folder, "layer");
    try {
      Path mount = Files.createDirectory(place.resolve("mount"));
      var writable = new OverlayMounts.Writable(place, true);
      Rootfs below = layers(parent);
      try (DetachedMounts tree =
          DetachedMounts.make(
              () -> {
                OverlayMounts.mount(below, writable, mount);
                return mount;
              })) {
        change.to(tree.root());
        return committer.commit(
            parent,
            Optional.of(
                out ->
                    LayerTar.write(
                        writable.upper(),
                        tree.root(),
                        out,
                        fixedTimes ? Optional.of(step.created()) : Optional.empty())),
            step);
      }
    } finally {
      OverlayMounts.deleteTree(place);
    }
  }

  /// Looks at an image's files.
  <T> T with(Optional<Image> image, Work<T> work)
      throws IOException, EngineException, DockerfileException, InterruptedException {
    Path place = Files.createTempDirectory(folder, "view");
    try {
      Path mount = Files.createDirectory(place.resolve("mount"));
      Path empty = Files.createDirectory(place.resolve("empty"));
      List<Path> layers = layers(image).layers();
      Rootfs below = layers.isEmpty() ? new Rootfs(List.of(empty)) : new Rootfs(layers);
      try (DetachedMounts tree =
          DetachedMounts.make(
              () -> {
                OverlayMounts.mountReadOnly(below, new OverlayMounts.Writable(place, true), mount);
                return mount;
              })) {
        return work.on(tree.root());
      }
    } finally {
      OverlayMounts.deleteTree(place);
    }
  }

  private Rootfs layers(Optional<Image> image) throws IOException {
    if (image.isEmpty()) {
      return new Rootfs(List.of());
    }
    try {
      return images.prepare("build", image.get().id());
    } catch (NoSuchFileException _) {
      throw ImageStore.removed(image.get().id());
    }
  }

  /// An empty directory for files of one step.
  Path scratch() throws IOException {
    return Files.createTempDirectory(folder, "files");
  }
}
