package swarm.node.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import swarm.node.api.check.ContainerOptions;
import swarm.node.api.check.ContainerShape;
import swarm.node.api.error.ApiException;
import swarm.runtime.build.BuildException;
import swarm.runtime.build.BuildHost;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Progress;
import swarm.runtime.image.Reference;
import swarm.runtime.image.UrlSource;

/// What a build needs of this node.
///
/// @param request what was asked for
/// @param credentials of whoever asked
record NodeBuildHost(Daemon daemon, BuildRequest request, RegistryConfigHeader credentials)
    implements BuildHost {
  @Override
  public Image base(String name, Optional<Platform> platform, Progress progress)
      throws IOException, InterruptedException {
    Optional<Image> here = daemon.images().find(name);
    boolean fits =
        here.isPresent() && platform.map(p -> p.accepts(Platform.of(here.get()))).orElse(true);
    if (fits && (!request.pull() || isIdOf(name, here.get()))) {
      return here.get();
    }
    Reference reference = Reference.parse(name);
    Progress told = pulling(reference, progress);
    ImagePuller.Pulled pulled =
        daemon
            .puller()
            .pull(
                reference,
                platform.orElseGet(this::platform),
                credentials.of(reference.registry()),
                told);
    told.report("", "Digest: " + pulled.digest());
    told.report(
        "",
        "Status: "
            + (pulled.fresh() ? "Downloaded newer image for " : "Image is up to date for ")
            + reference.familiar());
    ImageEvents.of(daemon).tell("pull", reference.familiar(), reference.familiarRepository());
    if (platform.isPresent() && !platform.get().accepts(Platform.of(pulled.image()))) {
      throw new ImageException(
          ImageException.Kind.NOT_FOUND,
          PlatformWords.mismatch(
              reference.familiar(), platform.get(), Platform.of(pulled.image())));
    }
    return pulled.image();
  }

  /// What no registry could be asked for. A name may be the beginning of an id by chance.
  private static boolean isIdOf(String name, Image image) {
    return image.id().equals(name) || image.id().equals("sha256:" + name);
  }

  /// Says before the first that there is to tell what is pulled: nothing, where nothing comes.
  private static Progress pulling(Reference reference, Progress progress) {
    var began = new AtomicBoolean();
    return (id, status, current, total) -> {
      if (began.compareAndSet(false, true)) {
        progress.report(reference.target(), "Pulling from " + reference.repository());
      }
      progress.report(id, status, current, total);
    };
  }

  @Override
  public ContainerConfig container(ObjectNode body, Image image)
      throws IOException, EngineException {
    body.set("HostConfig", request.host().deepCopy());
    try {
      ContainerShape.check(body);
      ContainerOptions.check(body);
      return new ContainerReading(daemon).read(body, image).config();
    } catch (ApiException e) {
      throw BuildException.invalid(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Download download(String url, Progress progress) throws IOException, InterruptedException {
    UrlSource source = UrlSource.of(url);
    boolean open = false;
    try {
      UrlSource.Fetched fetched = source.fetch(progress, "Downloading");
      open = true;
      return new Download(fetched.content(), fetched.name(), fetched.modified(), source::close);
    } finally {
      if (!open) {
        source.close();
      }
    }
  }

  @Override
  public Platform platform() {
    return Platform.linux(daemon.description().architecture());
  }
}
