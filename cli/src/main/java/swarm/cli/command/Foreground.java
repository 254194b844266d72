package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import swarm.cli.client.Answer;
import swarm.cli.client.Api;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.Streams;

/// A container on this terminal: its streams are joined, signals are passed on, and its exit status
/// is this program's.
final class Foreground {
  private static final long PATIENCE_SECONDS = 3;

  private final Invocation call;
  private final String id;

  /// @param id of the container
  Foreground(Invocation call, String id) {
    this.call = call;
    this.id = id;
  }

  /// What a container on this terminal is joined to.
  ///
  /// @param tty whether the process has a terminal of its own
  /// @param until how long the container is waited for: a condition of the API's `wait`
  record Mode(Streams streams, boolean tty, String until) {}

  /// What became of it.
  ///
  /// @param detached whether the user left by the detach keys, and it runs on
  record End(boolean detached, int status) {}

  /// The streams are joined and the end is waited for before the start, so that nothing of either
  /// is missed.
  End run(Mode mode, Session.Start start) throws IOException, DaemonException {
    Api api = call.api();
    Target attach =
        Target.of("/containers", id, "attach")
            .with("stream", "1")
            .withFlag("stdin", mode.streams().input())
            .withFlag("stdout", mode.streams().output())
            .withFlag("stderr", mode.streams().errors())
            .withGiven("detachKeys", call.text("--detach-keys"));
    Target wait = Target.of("/containers", id, "wait").withGiven("condition", mode.until());
    var ended = new CompletableFuture<Integer>();
    boolean proxy = !call.given("--sig-proxy") || call.flag("--sig-proxy");
    try (Answer streams = api.hijack(attach, null);
        Answer end = api.stream("POST", wait);
        Signals.Handle _ = call.terminal().signals().onEnd(() -> pass(ended, proxy))) {
      try {
        var session = new Session(call, mode.streams().input(), mode.tty());
        session.run(streams, Target.of("/containers", id, "resize"), start);
        if (mode.tty() && mode.streams().input() && runs(api)) {
          ended.complete(0);
          return new End(true, 0);
        }
        JsonNode status = Json.parse(end.body());
        String error = status.at("/Error/Message").asText("");
        if (!error.isEmpty()) {
          call.err().println(error);
        }
        call.terminal().flush();
        int code = status.path("StatusCode").asInt(Failures.USAGE);
        ended.complete(code);
        return new End(false, code);
      } finally {
        ended.complete(Failures.USAGE); // only where it was not completed above
      }
    }
  }

  /// The daemon ends a terminal's stream with the container, or where the detach keys were typed.
  private boolean runs(Api api) throws IOException, DaemonException {
    try {
      return api.get(Target.of("/containers", id, "json")).at("/State/Running").asBoolean();
    } catch (DaemonException e) {
      if (e.status() == 404) {
        return false; // it removes itself
      }
      throw e;
    }
  }

  /// Passes the signal on, then waits for the end of the container. Which signal it was the JVM
  /// does not say: on a terminal it will have been Ctrl-C, from a service manager SIGTERM.
  private int pass(CompletableFuture<Integer> ended, boolean proxy) {
    if (!proxy) {
      return 130;
    }
    String signal = call.terminal().inputIsTerminal() ? "INT" : "TERM";
    try {
      call.api().post(Target.of("/containers", id, "kill").with("signal", signal));
      try {
        return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException _) {
        call.err()
            .println(
                "swarm: waiting for the container to end; 'swarm kill "
                    + id.substring(0, Math.min(12, id.length()))
                    + "' ends it at once");
        call.err().flush();
        return ended.get();
      }
    } catch (IOException | DaemonException e) {
      call.err().println("swarm: the signal was not passed on: " + e.getMessage());
      call.err().flush();
      return 130;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("an exit status is only ever completed normally", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 130;
    }
  }
}
