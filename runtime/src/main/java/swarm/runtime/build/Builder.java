package swarm.runtime.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import swarm.linux.PrivateFolders;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.GoText;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Reference;
import swarm.runtime.snapshot.OverlayMounts;

/// Builds images from Dockerfiles. Thread-safe: each build stands alone but for the steps that it
/// finds made.
public final class Builder {
  private final ContainerEngine engine;
  private final ImageStore images;
  private final Path folder;
  private final Clock clock;

  private Builder(ContainerEngine engine, ImageStore images, Path folder, Clock clock) {
    this.engine = engine;
    this.images = images;
    this.folder = folder;
    this.clock = clock;
  }

  /// @param folder for contexts and layers that are being made; what an earlier daemon left there
  ///   is deleted, and its steps' containers with it
  public static Builder open(ContainerEngine engine, ImageStore images, Path folder, Clock clock)
      throws IOException, InterruptedException {
    Leftovers.remove(engine);
    PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY); // contexts have whatever they like
    OverlayMounts.deleteContent(folder);
    return new Builder(engine, images, folder, clock);
  }

  /// Takes a context in.
  ///
  /// @param tar plain or compressed
  /// @throws IOException also for an archive that leads out of its folder; nothing is kept then
  public BuildContext context(InputStream tar) throws IOException {
    return BuildContext.unpack(tar, Files.createTempDirectory(folder, "context"));
  }

  /// Builds what a context's Dockerfile says.
  ///
  /// @return the image, named as it was asked for
  /// @throws BuildException for what the user did wrong, also where a command failed
  public Image build(BuildOptions options, BuildContext context, BuildHost host, BuildOutput output)
      throws IOException, EngineException, InterruptedException {
    String text = context.dockerfile(options.dockerfile());
    return build(options, text, Optional.of(context), host, output);
  }

  /// Builds what a Dockerfile says that came alone, without anything to copy.
  public Image build(BuildOptions options, String dockerfile, BuildHost host, BuildOutput output)
      throws IOException, EngineException, InterruptedException {
    return build(options, dockerfile, Optional.empty(), host, output);
  }

  private Image build(
      BuildOptions options,
      String text,
      Optional<BuildContext> context,
      BuildHost host,
      BuildOutput output)
      throws IOException, EngineException, InterruptedException {
    Dockerfile file;
    try {
      file = Dockerfile.read(text);
    } catch (DockerfileException e) {
      throw BuildException.invalid(e.getMessage());
    }
    try (var held = new HeldImages(images)) {
      var layers = new StepLayers(images, held, folder);
      Optional<Image> made =
          new BuildRun(options, file, context, host, engine, images, held, layers, clock, output)
              .run();
      return named(
          made.orElseThrow(
              () -> BuildException.failed("No image was generated. Is your Dockerfile empty?")),
          options,
          output);
    }
  }

  private Image named(Image image, BuildOptions options, BuildOutput output) throws IOException {
    output.text("Successfully built " + image.id().substring(7, 19) + "\n");
    for (Reference tag : options.tags()) {
      images.tag(image.id(), tag, clock.instant());
      output.text("Successfully tagged " + tag.familiar() + "\n");
    }
    return images.get(image.id());
  }

  /// `LABEL` for each label that the request asks for.
  static List<Instruction> labels(BuildOptions options) {
    var all = new ArrayList<Instruction>();
    for (String name : new TreeSet<>(options.labels().keySet())) {
      var pair = new Instruction.Pair(name, options.labels().getOrDefault(name, ""));
      all.add(
          new Instruction.Label(
              new Instruction.Source(0, "LABEL", "LABEL " + pair), List.of(pair), true));
    }
    return all;
  }

  /// What Docker warns of.
  static String unused(Set<String> names) {
    return "[Warning] One or more build-args "
        + GoText.list(List.copyOf(names))
        + " were not consumed\n";
  }
}
