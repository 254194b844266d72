package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import swarm.node.agent.TaskContainer;
import swarm.node.api.check.ContainerOptions;
import swarm.node.api.check.ContainerShape;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ContainerFilter;
import swarm.node.api.view.Containers;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.ExitStatus;
import swarm.runtime.container.WaitCondition;
import swarm.runtime.image.Image;
import swarm.runtime.image.Platform;
import swarm.runtime.logs.LogAttributes;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogStream;
import swarm.scheduler.model.Wire;

/// `/containers/...`.
final class ContainerRoutes {
  private final Daemon daemon;
  private final ContainerEngine engine;

  ContainerRoutes(Daemon daemon) {
    this.daemon = daemon;
    this.engine = daemon.engine();
  }

  void add(Router router) {
    router.add("GET", "/containers/json", this::list);
    router.add("POST", "/containers/create", this::create);
    router.add("GET", "/containers/{id}/json", this::inspect);
    router.add("POST", "/containers/{id}/start", this::start);
    router.add("POST", "/containers/{id}/stop", this::stop);
    router.add("POST", "/containers/{id}/restart", this::restart);
    router.add("POST", "/containers/{id}/kill", this::kill);
    router.add(
        "POST",
        "/containers/{id}/pause",
        call -> {
          engine.pause(call.path("id"));
          call.noContent();
        });
    router.add(
        "POST",
        "/containers/{id}/unpause",
        call -> {
          engine.unpause(call.path("id"));
          call.noContent();
        });
    router.add(
        "POST",
        "/containers/{id}/rename",
        call -> {
          refuseTasks(call.path("id"));
          engine.rename(call.path("id"), call.query("name"));
          call.noContent();
        });
    router.add("POST", "/containers/{id}/wait", this::await);
    router.add("GET", "/containers/{id}/logs", this::logs);
    router.add("DELETE", "/containers/{id}", this::remove);
  }

  /// A task's agent finds its container by its name.
  private void refuseTasks(String reference) throws ApiException, EngineException {
    String task = engine.get(reference).config().labels().getOrDefault(TaskContainer.TASK_ID, "");
    if (!task.isEmpty()) {
      throw new ApiException(
          409,
          "container "
              + reference
              + " is of task "
              + task
              + " of the swarm, which is found by its name; rename the service's tasks by making"
              + " the service under another name");
    }
  }

  private void list(Call call) throws IOException, ApiException, EngineException {
    ArrayNode rows = Wire.JSON.createArrayNode();
    long limit = call.number("limit", 0);
    boolean all = call.flag("all") || limit > 0;
    for (Container container :
        ContainerFilter.apply(engine.list(), all, call.filters(), new NodeFacts(daemon))) {
      if (limit > 0 && rows.size() >= limit) {
        break;
      }
      ObjectNode row =
          Containers.row(
              container, daemon.network().endpoint(container.id()), daemon.clock().instant());
      if (call.flag("size")) {
        measure(container, row);
      }
      rows.add(row);
    }
    call.respond(200, rows);
  }

  private void create(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    ContainerShape.check(body);
    ContainerOptions.check(body);
    String name = body.path("Image").asText("");
    if (name.isEmpty()) {
      throw ApiException.bad("no image specified: set Image");
    }
    Image image = daemon.images().get(name);
    ArrayNode warnings = Wire.JSON.createArrayNode();
    PlatformWords.check(
            name, call.query("platform"), Platform.of(image), daemon.description().architecture())
        .ifPresent(warnings::add);
    String wanted = call.query("name");
    ContainerRequest.Read read = new ContainerReading(daemon).read(body, image);
    read.warnings().forEach(warnings::add);
    Container made =
        engine.create(
            Optional.empty(),
            wanted.isEmpty() ? Optional.empty() : Optional.of(wanted.replaceFirst("^/", "")),
            read.config());
    ObjectNode answer = Wire.JSON.createObjectNode().put("Id", made.id());
    answer.set("Warnings", warnings);
    call.respond(201, answer);
  }

  private void inspect(Call call) throws IOException, EngineException {
    Container container = engine.get(call.path("id"));
    ObjectNode shown =
        Containers.inspect(
            container,
            daemon.network().endpoint(container.id()),
            engine.execs().of(container.id()),
            engine.layerPaths(container.id(), imageLayers(container)));
    shown.put("AppArmorProfile", engine.apparmorProfile(container.config()));
    if (call.flag("size")) {
      measure(container, shown);
    }
    call.respond(200, shown);
  }

  private List<Path> imageLayers(Container container) throws IOException {
    return daemon
        .images()
        .find(container.config().imageId())
        .map(image -> daemon.images().folders(image).stream().map(Path::of).toList())
        .orElse(List.of());
  }

  /// What it has written, and that with its image.
  private void measure(Container container, ObjectNode shown) throws IOException, EngineException {
    long written = engine.writtenBytes(container.id());
    long image = daemon.images().find(container.config().imageId()).map(Image::size).orElse(0L);
    shown.put("SizeRw", written).put("SizeRootFs", written + image);
  }

  private void start(Call call) throws IOException, EngineException, InterruptedException {
    Container container = engine.get(call.path("id"));
    if (container.state().isLive()) {
      call.exchange().respond(304, "application/json", new byte[0]);
      return;
    }
    engine.start(container.id());
    call.noContent();
  }

  private void stop(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    boolean stopped = engine.stop(call.path("id"), grace(call), signal(call));
    call.exchange().respond(stopped ? 204 : 304, "application/json", new byte[0]);
  }

  private static Optional<String> signal(Call call) {
    return Optional.of(call.query("signal")).filter(signal -> !signal.isEmpty());
  }

  private static Optional<Duration> grace(Call call) throws ApiException {
    long seconds = call.number("t", -2);
    return seconds == -2
        ? Optional.empty()
        : Optional.of(seconds < 0 ? Duration.ofDays(3650) : Duration.ofSeconds(seconds));
  }

  private void restart(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    engine.restart(call.path("id"), grace(call), signal(call));
    call.noContent();
  }

  private void kill(Call call) throws IOException, EngineException, InterruptedException {
    String signal = call.query("signal");
    engine.kill(call.path("id"), signal.isEmpty() ? "SIGKILL" : signal);
    call.noContent();
  }

  private void remove(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    if (call.flag("link")) {
      throw ApiException.unimplemented("removing a link");
    }
    engine.remove(call.path("id"), call.flag("force"), call.flag("v"));
    call.noContent();
  }

  /// The answer's head goes out at once: the client starts the container only after it.
  private void await(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    WaitCondition condition =
        switch (call.query("condition")) {
          case "", "not-running" -> WaitCondition.NOT_RUNNING;
          case "next-exit" -> WaitCondition.NEXT_EXIT;
          case "removed" -> WaitCondition.REMOVED;
          default ->
              throw ApiException.bad(
                  "invalid condition: \""
                      + call.query("condition")
                      + "\"; use not-running, next-exit or removed");
        };
    CompletableFuture<ExitStatus> end = engine.waitFor(call.path("id"), condition);
    call.exchange().onClientGone(() -> end.cancel(false));
    try (OutputStream out = call.stream("application/json")) {
      out.flush();
      ObjectNode answer = Wire.JSON.createObjectNode();
      try {
        answer.put("StatusCode", end.get().code());
      } catch (ExecutionException e) {
        answer
            .put("StatusCode", 125)
            .putObject("Error")
            .put("Message", String.valueOf(e.getMessage()));
      } catch (java.util.concurrent.CancellationException _) {
        return; // the client left
      }
      out.write(Wire.JSON.writeValueAsBytes(answer));
    }
  }

  private void logs(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    Container container = engine.get(call.path("id"));
    if (!call.flag("stdout") && !call.flag("stderr")) {
      throw ApiException.bad("Bad parameters: you must choose at least one stream");
    }
    boolean tty = container.config().streams().tty();
    boolean stamps = call.flag("timestamps");
    String details = call.flag("details") ? details(container) + " " : "";
    try (LogStream entries = engine.logs(container.id(), query(call))) {
      call.exchange().onClientGone(entries::close);
      try (OutputStream out =
          call.stream(
              tty
                  ? "application/vnd.docker.raw-stream"
                  : "application/vnd.docker.multiplexed-stream")) {
        for (Optional<LogEntry> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
          byte[] line = line(entry.get(), stamps, details);
          out.write(tty ? line : Router.frame(entry.get().stream().number(), line));
        }
      }
    }
  }

  private static String details(Container container) {
    return LogAttributes.text(
        LogAttributes.of(
            container.config().logging(), container.logSource(Containers.imageName(container))));
  }

  /// How many of the last lines are wanted; nothing for all of them, which is also what Docker
  /// shows where the number is negative or none.
  static OptionalInt tail(String text) {
    try {
      int lines = Integer.parseInt(text);
      return lines < 0 ? OptionalInt.empty() : OptionalInt.of(lines);
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  static LogQuery query(Call call) throws ApiException {
    return new LogQuery(
        call.flag("follow"),
        call.time("since"),
        call.time("until"),
        tail(call.query("tail")),
        call.flag("stdout"),
        call.flag("stderr"));
  }

  /// A line as the API sends it; `details` come between time and text.
  static byte[] line(LogEntry entry, boolean stamps, String details) {
    byte[] text = entry.bytes();
    String head = (stamps ? entry.timestamp() + " " : "") + details;
    if (head.isEmpty()) {
      return text;
    }
    byte[] start = head.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(start, start.length + text.length);
    System.arraycopy(text, 0, all, start.length, text.length);
    return all;
  }
}
