package swarm.node.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.error.ApiException;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.build.BuildContext;
import swarm.runtime.build.BuildException;
import swarm.runtime.build.Builder;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.UrlSource;
import swarm.scheduler.model.Wire;

/// `/build`: images from Dockerfiles, as Docker's classic builder makes them.
final class BuildRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(BuildRoutes.class);
  private static final Pattern GIT =
      Pattern.compile("(?:git://|github\\.com/|git@).*|https?://.*\\.git(?:#.+)?");
  private static final int PREAMBLE = 512;
  private static final int MAX_DOCKERFILE = 4 * 1024 * 1024;

  private final Daemon daemon;

  BuildRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("POST", "/build", this::build);
    router.add("POST", "/build/prune", call -> call.respond(200, noCaches()));
    router.add(
        "POST",
        "/build/cancel",
        _ -> {
          throw ApiException.unimplemented(
              "cancelling a build by its id (close its connection instead)");
        });
    router.missing("POST", "/session", "a session of BuildKit");
  }

  /// The classic builder's cache is its images, which `docker image prune` is for.
  private static ObjectNode noCaches() {
    ObjectNode answer = Wire.JSON.createObjectNode().put("SpaceReclaimed", 0);
    answer.putArray("CachesDeleted");
    return answer;
  }

  private void build(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    BuildRequest request = BuildRequest.read(call, daemon.description().architecture());
    var host = new NodeBuildHost(daemon, request, RegistryConfigHeader.read(call));
    Thread building = Thread.currentThread();
    call.exchange().onClientGone(building::interrupt); // as the reference has it
    var lines = new ProgressLines(call);
    var output = new BuildLines(lines, request.quiet());
    try {
      Image image = image(call, request, host, output, lines);
      request
          .options()
          .tags()
          .forEach(tag -> ImageEvents.of(daemon).tell("tag", image.id(), tag.familiar()));
      if (request.quiet()) {
        lines.text(image.id() + "\n");
      }
      lines.close();
    } catch (BuildException | ArchiveException | ImageException e) {
      failed(e, lines, output);
    } catch (EngineException e) {
      output.release();
      if (!lines.began()) {
        throw e;
      }
      lines.fail(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      output.release();
      lines.failed(e);
    }
  }

  private static void failed(IOException e, ProgressLines lines, BuildLines output)
      throws IOException, ApiException {
    output.release();
    String message = String.valueOf(e.getMessage());
    if (lines.began()) {
      lines.fail(message, e instanceof BuildException build ? build.code() : 0);
      return;
    }
    switch (e) {
      case BuildException build -> throw new ApiException(build.invalid() ? 400 : 500, message);
      case ArchiveException _ -> throw ApiException.bad(message);
      default -> throw e;
    }
  }

  private Image image(
      Call call, BuildRequest request, NodeBuildHost host, BuildLines output, ProgressLines lines)
      throws IOException, ApiException, EngineException, InterruptedException {
    String remote = call.query("remote");
    if (remote.isEmpty()) {
      return ofContext(call.exchange().body(), request, host, output);
    }
    if (GIT.matcher(remote).matches()) {
      throw ApiException.unimplemented(
          "a Git repository as the context (clone it and build its folder)");
    }
    if (!remote.startsWith("http://") && !remote.startsWith("https://")) {
      throw ApiException.bad("remoteURL (" + remote + ") could not be recognized as URL");
    }
    LOG.debug("building from {}", remote);
    try (UrlSource source = UrlSource.of(remote)) {
      UrlSource.Fetched fetched = source.fetch(lines, "Downloading context");
      try (var in = new BufferedInputStream(fetched.content(), PREAMBLE)) {
        if (isText(in, fetched.type())) {
          byte[] text = in.readNBytes(MAX_DOCKERFILE + 1);
          if (text.length > MAX_DOCKERFILE) {
            throw BuildException.invalid(
                "the Dockerfile at " + remote + " has more than " + MAX_DOCKERFILE + " bytes");
          }
          return daemon
              .builder()
              .build(request.options(), new String(text, StandardCharsets.UTF_8), host, output);
        }
        return ofContext(in, request, host, output);
      }
    }
  }

  private Image ofContext(
      InputStream tar, BuildRequest request, NodeBuildHost host, BuildLines output)
      throws IOException, EngineException, InterruptedException {
    Builder builder = daemon.builder();
    try (BuildContext context = builder.context(tar)) {
      tar.transferTo(java.io.OutputStream.nullOutputStream()); // what is behind the tar's end
      return builder.build(request.options(), context, host, output);
    }
  }

  /// A Dockerfile, not a tar: by the server's word, or where it says nothing by the look of it.
  private static boolean isText(BufferedInputStream in, String type) throws IOException {
    if (!type.isEmpty() && !type.equals("application/octet-stream")) {
      return type.equals("text/plain");
    }
    in.mark(PREAMBLE);
    byte[] first = in.readNBytes(PREAMBLE);
    in.reset();
    for (byte one : first) {
      if (one == 0 || one == 0x1f) {
        return false;
      }
    }
    return true;
  }
}
