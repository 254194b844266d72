package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.error.ApiException;
import swarm.node.api.http.Exchange;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.container.ExitStatus;
import swarm.runtime.container.WaitCondition;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogQuery;
import swarm.runtime.logs.LogStream;
import swarm.runtime.stdio.AttachSession;

/// `/containers/{id}/attach` and the size of its terminal.
final class AttachRoutes {
  /// Docker's type of a stream in which frames name theirs.
  static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

  /// And of one that is as the process wrote it.
  static final String RAW = "application/vnd.docker.raw-stream";

  private static final Logger LOG = LoggerFactory.getLogger(AttachRoutes.class);

  // The streams end with the monitor; its end is noted down in milliseconds.
  private static final long END_LIMIT_SECONDS = 5;

  private final Daemon daemon;
  private final ContainerEngine engine;

  AttachRoutes(Daemon daemon) {
    this.daemon = daemon;
    this.engine = daemon.engine();
  }

  void add(Router router) {
    router.add("POST", "/containers/{id}/attach", this::attach);
    router.add("GET", "/containers/{id}/attach/ws", this::attachWebSocket);
    router.add("POST", "/containers/{id}/resize", this::resize);
  }

  /// What a client asks to be attached to.
  ///
  /// @param raw whether its streams come without frames
  private record Wanted(
      Container container,
      AttachSession.Streams streams,
      boolean logs,
      boolean live,
      boolean raw,
      DetachKeys keys) {}

  private Wanted wanted(Call call, boolean raw) throws ApiException, EngineException {
    DetachKeys keys =
        DetachKeys.parse(call.query("detachKeys"))
            .orElseThrow(
                () ->
                    ApiException.bad(
                        "Invalid detach keys (" + call.query("detachKeys") + ") provided"));
    Container container = engine.get(call.path("id"));
    var streams =
        new AttachSession.Streams(
            call.flag("stdin") && container.config().streams().openStdin(),
            call.flag("stdout"),
            call.flag("stderr"));
    return new Wanted(
        container,
        streams,
        call.flag("logs"),
        call.flag("stream"),
        raw || container.config().streams().tty(),
        keys);
  }

  private void attach(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    Wanted wanted = wanted(call, false);
    try (AttachSession session = engine.attach(wanted.container().id(), wanted.streams())) {
      Exchange.Duplex client =
          call.exchange().hijack(wanted.container().config().streams().tty() ? RAW : MULTIPLEXED);
      join(call, wanted, session, client);
    }
  }

  private void attachWebSocket(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    String key = WebSocket.require(call.exchange());
    Wanted wanted = wanted(call, true);
    try (AttachSession session = engine.attach(wanted.container().id(), wanted.streams())) {
      join(call, wanted, session, WebSocket.accept(call.exchange(), key));
    }
  }

  private void join(Call call, Wanted wanted, AttachSession session, Exchange.Duplex client)
      throws IOException, EngineException, InterruptedException {
    // what comes from now on comes by the session
    Instant joined = daemon.clock().instant();
    if (wanted.logs()) {
      earlier(wanted, joined, client.out());
    }
    if (!wanted.live()) {
      client.out().close();
      return;
    }
    boolean tty = wanted.container().config().streams().tty();
    CompletableFuture<ExitStatus> end =
        engine.waitFor(wanted.container().id(), WaitCondition.NEXT_EXIT);
    var mode =
        new Terminal.Mode(
            wanted.raw(),
            wanted.streams().stdin(),
            tty ? Optional.of(wanted.keys()) : Optional.empty());
    if (Terminal.join(call.exchange(), session, client, mode, () -> awaitEnd(end))) {
      engine.detached(wanted.container().id());
    }
  }

  /// Whoever sees the end of the streams asks next what became of the container.
  private static void awaitEnd(CompletableFuture<ExitStatus> end) throws InterruptedException {
    try {
      var _ = end.get(END_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      LOG.debug("the end of an attached container is not known yet: {}", e.toString());
    }
  }

  /// What the container wrote before.
  private void earlier(Wanted wanted, Instant until, OutputStream out)
      throws IOException, EngineException, InterruptedException {
    var query =
        new LogQuery(
            false,
            Optional.empty(),
            Optional.of(until),
            OptionalInt.empty(),
            wanted.streams().stdout(),
            wanted.streams().stderr());
    try (LogStream entries = engine.logs(wanted.container().id(), query)) {
      for (Optional<LogEntry> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
        byte[] text = entry.get().bytes();
        out.write(wanted.raw() ? text : Router.frame(entry.get().stream().number(), text));
      }
    }
  }

  private void resize(Call call) throws IOException, ApiException, EngineException {
    engine.resize(call.path("id"), size(call, "h"), size(call, "w"));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  /// A number of rows or columns.
  static int size(Call call, String name) throws ApiException {
    String text = call.query(name);
    if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 0xffff) {
      return Integer.parseInt(text);
    }
    throw ApiException.bad(
        "invalid resize "
            + (name.equals("h") ? "height" : "width")
            + " \""
            + text
            + "\": it must be a number from 0 to 65535");
  }
}
