package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.agent.Attributes;
import swarm.node.api.check.ContainerShape;
import swarm.node.api.error.ApiException;
import swarm.runtime.archive.LayerTar;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageCommitter;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Reference;
import swarm.scheduler.model.Wire;

/// `/commit`.
final class CommitRoute {
  private static final Logger LOG = LoggerFactory.getLogger(CommitRoute.class);

  private final Daemon daemon;
  private final ContainerEngine engine;
  private final ImageCommitter committer;

  CommitRoute(Daemon daemon) {
    this.daemon = daemon;
    this.engine = daemon.engine();
    this.committer = new ImageCommitter(daemon.images());
  }

  void add(Router router) {
    router.add("POST", "/commit", this::commit);
  }

  private void commit(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    ContainerShape.check(body);
    Container container = engine.get(call.query("container"));
    Image parent = daemon.images().get(container.config().imageId());
    @Nullable Reference name = name(call);
    List<String> changes = new ArrayList<>();
    for (String lines : call.queries("changes")) {
      lines.lines().filter(line -> !line.isBlank()).forEach(changes::add);
    }
    ObjectNode own = config(container, parent);
    var description =
        new ImageCommitter.Description(
            container.id(),
            own,
            wanted(body.isEmpty() ? own : body), // changes may refer to the container's variables
            changes,
            call.query("comment"),
            call.query("author"));
    Image made;
    try {
      made = made(container, call.flag("pause", true), parent, description, name);
    } catch (ImageException e) {
      throw e;
    } catch (IOException e) {
      throw ArchiveRoutes.failed("cannot commit container " + call.query("container"), e);
    }
    if (name != null) {
      ImageEvents.of(daemon).tell("tag", made.id(), name.familiar());
    }
    var details = new LinkedHashMap<String, String>();
    details.put("comment", call.query("comment"));
    details.put("imageID", made.id());
    details.put("imageRef", name == null ? "" : name.familiar());
    engine.tell(Action.COMMIT, container, details);
    call.respond(201, Wire.JSON.createObjectNode().put("Id", made.id()));
  }

  private static @Nullable Reference name(Call call) throws IOException {
    String repository = call.query("repo");
    if (repository.isEmpty()) {
      return null;
    }
    String tag = call.query("tag");
    return Reference.parse(repository + (tag.isEmpty() ? "" : ":" + tag));
  }

  private Image made(
      Container container,
      boolean pause,
      Image parent,
      ImageCommitter.Description description,
      @Nullable Reference name)
      throws IOException, EngineException, InterruptedException {
    boolean pauses = pause && pauses(container.id());
    try {
      return engine.withLayer(
          container.id(),
          (upper, _, merged) ->
              committer.commit(
                  parent,
                  out -> LayerTar.write(upper, merged, out),
                  description,
                  name,
                  daemon.clock().instant()));
    } finally {
      if (pauses) {
        unpause(container);
      }
    }
  }

  /// Pauses a container that runs; one that ends meanwhile needs none.
  ///
  /// @return whether it is to be unpaused
  private boolean pauses(String id) throws InterruptedException {
    try {
      if (engine.get(id).state() != ContainerState.RUNNING) {
        return false;
      }
      engine.pause(id);
      return true;
    } catch (EngineException e) { // as Docker, which commits it all the same
      LOG.debug("container {} is committed without a pause", id, e);
      return false;
    }
  }

  private void unpause(Container container) throws InterruptedException {
    try {
      if (engine.get(container.id()).state() == ContainerState.PAUSED) {
        engine.unpause(container.id());
      }
    } catch (EngineException e) { // it may have been killed
      LOG.warn("container {} is not unpaused after its commit", container.id(), e);
    }
  }

  /// The configuration that the body asks for, without what is a container's only.
  private static ObjectNode wanted(JsonNode body) {
    ObjectNode wanted = Wire.JSON.createObjectNode();
    for (String field :
        List.of(
            "User",
            "ExposedPorts",
            "Env",
            "Cmd",
            "Volumes",
            "WorkingDir",
            "Entrypoint",
            "Labels",
            "StopSignal",
            "Healthcheck",
            "OnBuild",
            "Shell")) {
      if (body.hasNonNull(field)) {
        wanted.set(field, body.get(field));
      }
    }
    return wanted;
  }

  /// What the container was made with, as an image's configuration has it: the parent's, and what
  /// the user said on top.
  private static ObjectNode config(Container container, Image parent) throws IOException {
    ContainerConfig made = container.config();
    JsonNode request = Wire.JSON.readTree(made.attributes().getOrDefault(Attributes.REQUEST, "{}"));
    ObjectNode config =
        parent.configuration().path("config") instanceof ObjectNode there
            ? there.deepCopy()
            : Wire.JSON.createObjectNode();
    config.put("User", made.process().user());
    config.put("WorkingDir", made.process().workingDir());
    config.set("Env", Wire.JSON.valueToTree(made.process().env()));
    config.set("Labels", Wire.JSON.valueToTree(made.labels()));
    if (!made.stopSignal().equals("SIGTERM")) { // the default, which nobody asked for
      config.put("StopSignal", made.stopSignal());
    }
    JsonNode entrypoint = request.path("Entrypoint");
    JsonNode command = request.path("Cmd");
    if (!entrypoint.isEmpty()) {
      config.set("Entrypoint", entrypoint);
      config.set("Cmd", command);
    } else if (!command.isEmpty()) {
      config.set("Cmd", command);
    }
    for (String field : List.of("ExposedPorts", "Volumes")) {
      for (Map.Entry<String, JsonNode> one : request.path(field).properties()) {
        config.withObject("/" + field).set(one.getKey(), one.getValue());
      }
    }
    if (config.path("Cmd").isMissingNode()) {
      config.remove("Cmd");
    }
    return config;
  }
}
