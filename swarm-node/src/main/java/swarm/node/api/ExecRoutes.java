package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.check.ContainerShape;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;
import swarm.node.api.http.Exchange;
import swarm.node.api.view.Execs;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecInfo;
import swarm.runtime.exec.ExecSession;
import swarm.runtime.oci.ConsoleSize;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.StdStream;
import swarm.scheduler.model.Wire;

/// `/containers/{id}/exec` and `/exec/...`: further processes in running containers.
final class ExecRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ExecRoutes.class);

  // The streams end with the monitor, which writes the exit code just before.
  private static final long EXIT_LIMIT_SECONDS = 10;

  private final ContainerEngine engine;

  ExecRoutes(Daemon daemon) {
    this.engine = daemon.engine();
  }

  void add(Router router) {
    router.add("POST", "/containers/{id}/exec", this::create);
    router.add("POST", "/exec/{id}/start", this::start);
    router.add("POST", "/exec/{id}/resize", this::resize);
    router.add("GET", "/exec/{id}/json", this::inspect);
  }

  private void create(Call call) throws IOException, ApiException, EngineException {
    JsonNode body = call.json();
    ContainerShape.checkExec(body);
    List<String> command = strings(body.path("Cmd"));
    if (command.isEmpty()) {
      throw ApiException.bad("No exec command specified");
    }
    var streams =
        new AttachSession.Streams(
            body.path("AttachStdin").asBoolean(),
            body.path("AttachStdout").asBoolean(),
            body.path("AttachStderr").asBoolean());
    String keys = JsonValues.text(body, "DetachKeys");
    if (DetachKeys.parse(keys).isEmpty()) {
      LOG.warn("wrong detach keys '{}': Ctrl-P Ctrl-Q it is", keys); // as Docker
      keys = "";
    }
    ExecInfo made =
        engine
            .execs()
            .create(
                call.path("id"),
                new ExecConfig(
                    command,
                    strings(body.path("Env")),
                    body.path("Tty").asBoolean(),
                    JsonValues.text(body, "User"),
                    JsonValues.text(body, "WorkingDir"),
                    Optional.of(streams),
                    body.path("Privileged").asBoolean(),
                    keys));
    call.respond(201, Wire.JSON.createObjectNode().put("Id", made.id()));
  }

  private void start(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    ContainerShape.checkExec(body);
    ExecInfo exec = engine.execs().require(call.path("id"));
    boolean tty = body.path("Tty").asBoolean();
    Optional<ConsoleSize> size = tty ? consoleSize(body.path("ConsoleSize")) : Optional.empty();
    if (body.path("Detach").asBoolean()) {
      var _ = engine.execs().start(exec.id(), false, size);
      call.exchange().respond(200, "application/json", new byte[0]);
      return;
    }
    Exchange.Duplex client =
        call.exchange().hijack(tty ? AttachRoutes.RAW : AttachRoutes.MULTIPLEXED);
    ExecSession session;
    try {
      session = engine.execs().start(exec.id(), true, size);
    } catch (EngineException e) {
      tell(client, tty, String.valueOf(e.getMessage()));
      return;
    }
    join(call, session, client, tty);
  }

  /// The answer has begun: what is wrong goes where the output would.
  private static void tell(Exchange.Duplex client, boolean raw, String why) throws IOException {
    byte[] line = (why + "\r\n").getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = client.out()) {
      out.write(raw ? line : Router.frame(StdStream.STDOUT.number(), line));
    }
  }

  private void join(Call call, ExecSession exec, Exchange.Duplex client, boolean raw)
      throws IOException, EngineException, InterruptedException {
    ExecConfig config = engine.execs().info(exec.id()).config();
    AttachSession.Streams asked = config.streams().orElseThrow();
    Optional<DetachKeys> keys =
        config.tty() ? DetachKeys.parse(config.detachKeys()) : Optional.empty();
    try (AttachSession session = exec.streams().orElseThrow()) {
      var mode = new Terminal.Mode(raw, asked.stdin(), keys);
      if (Terminal.join(call.exchange(), session, client, mode, () -> awaitEnd(exec))) {
        engine.execs().detached(exec.id());
      }
    }
  }

  /// Whoever sees the end of the streams asks for the exit code next.
  private static void awaitEnd(ExecSession exec) throws InterruptedException {
    try {
      var _ = exec.exitCode().get(EXIT_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("the exit code of exec {} is not known yet: {}", exec.id(), e.toString());
    }
  }

  private void resize(Call call) throws IOException, ApiException, EngineException {
    engine
        .execs()
        .resize(call.path("id"), AttachRoutes.size(call, "h"), AttachRoutes.size(call, "w"));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private void inspect(Call call) throws IOException, EngineException {
    ExecInfo exec = engine.execs().info(call.path("id"));
    String keys = exec.config().detachKeys();
    byte[] typed =
        keys.isEmpty()
            ? new byte[0]
            : DetachKeys.parse(keys).map(DetachKeys::bytes).orElse(new byte[0]);
    call.respond(200, Execs.inspect(exec, typed));
  }

  /// `[rows, columns]`; empty where the client has no terminal either.
  static Optional<ConsoleSize> consoleSize(JsonNode size) {
    int rows = size.path(0).asInt();
    int columns = size.path(1).asInt();
    return rows > 0 && columns > 0 ? Optional.of(new ConsoleSize(rows, columns)) : Optional.empty();
  }

  private static List<String> strings(JsonNode words) {
    var all = new ArrayList<String>();
    if (words.isTextual()) {
      all.add(words.asText());
    }
    words.forEach(word -> all.add(word.asText()));
    return all;
  }
}
