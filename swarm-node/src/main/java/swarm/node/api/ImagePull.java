package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Credentials;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImagePuller;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Progress;
import swarm.runtime.image.Reference;
import swarm.scheduler.model.Wire;

/// `POST /images/create?fromImage=...`: a pull, told line by line as Docker tells it.
///
/// @param own the architecture of this node
record ImagePull(ImagePuller puller, Events events, Clock clock, String own) {
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
    Credentials credentials = credentials(call);
    var lines = new PullLines(call);
    try {
      boolean fresh = false;
      for (Reference one : all ? tags(reference, credentials) : List.of(reference)) {
        lines.report(one.target(), "Pulling from " + one.repository());
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
    } catch (ImageException e) {
      if (!lines.began()) {
        throw e;
      }
      lines.fail(String.valueOf(e.getMessage()));
    }
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
  private static void warning(Reference reference, Image image, Platform wanted, PullLines lines) {
    Platform actual = Platform.of(image);
    if (!wanted.accepts(actual)) {
      lines.report("", "WARNING: " + PlatformWords.mismatch(reference.familiar(), wanted, actual));
    }
  }

  private void pulled(Reference reference) {
    events.publish(
        "image",
        "pull",
        reference.familiar(),
        Map.of("name", reference.familiarRepository()),
        clock.instant(),
        "local");
  }

  private static Credentials credentials(Call call) throws ApiException {
    String header = call.exchange().header("X-Registry-Auth").orElse("");
    if (header.isEmpty()) {
      return Credentials.NONE;
    }
    try {
      JsonNode auth = Wire.JSON.readTree(Base64.getUrlDecoder().decode(header.replace("=", "")));
      return new Credentials(auth.path("username").asText(""), auth.path("password").asText(""));
    } catch (IOException | IllegalArgumentException e) {
      throw ApiException.bad("the header X-Registry-Auth is not base64url of JSON");
    }
  }

  /// The progress of a pull as Docker's JSON stream. The answer begins with the first layer: what
  /// fails before (no such image, no such registry) is an error with a status of its own.
  private static final class PullLines implements Progress, AutoCloseable {
    private final Call call;
    private final List<ObjectNode> held = new ArrayList<>();
    private @Nullable OutputStream out;

    PullLines(Call call) {
      this.call = call;
    }

    boolean began() {
      return out != null;
    }

    @Override
    public synchronized void report(String id, String status, long current, long total) {
      ObjectNode line = Wire.JSON.createObjectNode().put("status", status);
      ObjectNode detail = line.putObject("progressDetail");
      if (current >= 0) {
        detail.put("current", current);
        if (total >= 0) {
          detail.put("total", total);
        }
      }
      if (!id.isEmpty()) {
        line.put("id", id);
      }
      try {
        if (out == null && status.startsWith("Pulling from")) {
          held.add(line);
          return;
        }
        write(line);
      } catch (IOException _) {
        // the client left; the pull goes on, as Docker's does, and the next one finds what is here
      }
    }

    private void write(ObjectNode line) throws IOException {
      if (out == null) {
        out = call.stream("application/json");
        for (ObjectNode first : held) {
          out.write(Router.line(first));
        }
      }
      out.write(Router.line(line));
    }

    synchronized void fail(String message) throws IOException {
      ObjectNode line = Wire.JSON.createObjectNode();
      line.putObject("errorDetail").put("message", message);
      line.put("error", message);
      write(line);
      close();
    }

    @Override
    public synchronized void close() throws IOException {
      if (out != null) {
        out.close();
      }
    }
  }
}
