package swarm.node.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Credentials;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImagePusher;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Reference;
import swarm.scheduler.model.Wire;

/// `POST /images/{name}/push`: a push, told line by line as Docker tells it.
final class PushRoute {
  private final Daemon daemon;

  PushRoute(Daemon daemon) {
    this.daemon = daemon;
  }

  /// Without a tag every tag of the repository that is here is meant (`push --all-tags`).
  void push(Call call) throws IOException, ApiException, InterruptedException {
    Reference named = Reference.parse(call.path("name"));
    if (named.digest() != null) {
      throw ApiException.bad("cannot push a digest reference");
    }
    String tag = call.query("tag");
    Reference repository = named.withTag(tag.isEmpty() ? "latest" : tag);
    Credentials credentials = RegistryAuthHeader.read(call);
    ImagePusher pusher = daemon.pusher();
    List<Reference> all = tag.isEmpty() ? pusher.tags(repository) : List.of(repository);
    for (Reference one : all) {
      check(one, call.query("platform"));
    }
    Thread pushing = Thread.currentThread();
    call.exchange().onClientGone(pushing::interrupt); // as the reference has it
    var lines = new ProgressLines(call);
    lines.report("", "The push refers to repository [" + full(repository) + "]");
    try {
      for (Reference one : all) {
        ImagePusher.Pushed pushed = pusher.push(one, credentials, lines);
        String text = "digest: " + pushed.digest() + " size: " + pushed.size();
        lines.report("", one.target() + ": " + text);
        ObjectNode aux = Wire.JSON.createObjectNode();
        aux.put("Tag", one.target()).put("Digest", pushed.digest()).put("Size", pushed.size());
        lines.aux(aux);
        ImageEvents.of(daemon).tell("push", one.familiar(), one.familiarRepository());
      }
      lines.close();
    } catch (IOException e) {
      lines.failed(e);
    }
  }

  /// What can be said before anything goes: that there is no such image, or none for a platform.
  private void check(Reference reference, String platform) throws IOException, ApiException {
    var _ = daemon.pusher().tags(reference); // says where nothing of the repository is here
    Image image =
        daemon
            .images()
            .find(reference.familiar())
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageException.Kind.NOT_FOUND,
                        "tag does not exist: " + reference.familiar()));
    if (platform.isEmpty()) {
      return;
    }
    Platform wanted = PlatformQuery.read(platform);
    if (!wanted.accepts(Platform.of(image))) {
      throw new ImageException(
          ImageException.Kind.NOT_FOUND,
          PlatformWords.mismatch(reference.familiar(), wanted, Platform.of(image)));
    }
  }

  private static String full(Reference repository) {
    return repository.registry() + "/" + repository.repository();
  }
}
