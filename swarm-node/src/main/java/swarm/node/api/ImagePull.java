package swarm.node.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Credentials;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Reference;

/// `POST /images/create?fromImage=...`: a pull, told line by line as Docker tells it.
///
/// @param own the architecture of this node
record ImagePull(ImagePuller puller, ImageEvents events, String own) {
  /// Without a tag every tag of the repository is meant, as with Docker (`pull --all-tags`).
  void answer(Call call) throws IOException, ApiException, InterruptedException {
    String tag = call.query("tag");
    String from = call.query("fromImage").replaceFirst(":$", "");
    Reference reference =
        Reference.parse(
            tag.isEmpty() ? from : from + (tag.startsWith("sha256:") ? "@" : ":") + tag);
    boolean all = tag.isEmpty() && Reference.isNameOnly(from);
    boolean explicit = !call.query("platform").isEmpty();
    Platform platform =
        explicit ? Platform.parse(call.query("platform"), own) : Platform.linux(own);
    Credentials credentials = RegistryAuthHeader.read(call);
    var lines = new ProgressLines(call);
    try {
      boolean fresh = false;
      for (Reference one : all ? tags(reference, credentials) : List.of(reference)) {
        lines.hold(asked(one), "Pulling from " + one.repository());
        ImagePuller.Pulled pulled = puller.pull(one, platform, credentials, lines);
        lines.report("", "Digest: " + pulled.digest());
        fresh |= pulled.fresh();
        if (explicit) {
          warning(one, pulled.image(), platform, lines);
        }
        pulled(one);
      }
      lines.report(
          "",
          "Status: "
              + (fresh ? "Downloaded newer image for " : "Image is up to date for ")
              + (all ? reference.familiarRepository() : reference.familiar()));
      lines.close();
    } catch (IOException e) {
      lines.failed(e);
    }
  }

  /// Docker's words: a tag alone, but a digest with all before it.
  private static String asked(Reference one) {
    return one.digest() == null
        ? one.target()
        : one.registry() + "/" + one.repository() + "@" + one.digest();
  }

  private List<Reference> tags(Reference repository, Credentials credentials)
      throws IOException, InterruptedException {
    var all = new ArrayList<Reference>();
    for (String tag : puller.tags(repository, credentials)) {
      all.add(repository.withTag(tag));
    }
    if (all.isEmpty()) {
      throw new ImageException(
          ImageException.Kind.NOT_FOUND, repository.familiarRepository() + " has no tags");
    }
    return all;
  }

  /// An image without an index comes whatever it is for: Docker says so and keeps it.
  private static void warning(
      Reference reference, Image image, Platform wanted, ProgressLines lines) {
    Platform actual = Platform.of(image);
    if (!wanted.accepts(actual)) {
      lines.report("", "WARNING: " + PlatformWords.mismatch(reference.familiar(), wanted, actual));
    }
  }

  private void pulled(Reference reference) {
    events.tell("pull", reference.familiar(), reference.familiarRepository());
  }
}
