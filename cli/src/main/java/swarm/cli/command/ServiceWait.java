package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;
import swarm.cli.render.Convergence;
import swarm.cli.render.JobProgress;

/// Waits until a service is what it was asked to be, and shows how far it is: on a terminal one
/// line that is overwritten, elsewhere a line for each change.
final class ServiceWait {
  private static final long PAUSE_MILLIS = 200;

  private final Invocation call;
  private final String service;
  private final JsonNode before;
  private final boolean quiet;
  private String last = "";

  private ServiceWait(Invocation call, JsonNode before, boolean quiet) {
    this.call = call;
    this.service = before.path("ID").asText();
    this.before = before;
    this.quiet = quiet;
  }

  /// @param before the service as it was before it was changed; of a new one at least its `ID`
  /// @return the exit status
  static int run(Invocation call, JsonNode before, boolean quiet)
      throws IOException, DaemonException {
    var wait = new ServiceWait(call, before, quiet);
    call.terminal().flush();
    try (Signals.Handle _ = call.terminal().signals().onEnd(wait::leave)) {
      return wait.loop();
    }
  }

  private int loop() throws IOException, DaemonException {
    var convergence = new Convergence(before.path("UpdateStatus"));
    var job = new JobProgress();
    while (true) {
      JsonNode now = service();
      Convergence.Step step =
          JobProgress.of(now)
              ? job.look(now, tasks())
              : convergence.look(now, tasks(), liveNodes(), call.now());
      switch (step) {
        case Convergence.Step.Going(String text, boolean news) -> going(text, news);
        case Convergence.Step.Converged(String text) -> {
          end(text);
          return 0;
        }
        case Convergence.Step.Failed(String text) -> {
          end("");
          call.terminal().flush();
          call.err().println(text);
          return 1;
        }
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return 1;
      }
    }
  }

  /// Ctrl-C ends the waiting, not the service.
  private int leave() {
    call.err().println("Operation continuing in background.");
    call.err().println("Use `swarm service ps " + service + "` to check progress.");
    call.terminal().flush();
    return 0;
  }

  private JsonNode service() throws IOException, DaemonException {
    return call.api().get(Target.of("/services", service));
  }

  private List<JsonNode> tasks() throws IOException, DaemonException {
    var all = new ArrayList<JsonNode>();
    call.api()
        .get(
            Target.of("/tasks")
                .withFilters(Map.of("service", List.of(service), "_up-to-date", List.of("true"))))
        .forEach(all::add);
    return all;
  }

  private Set<String> liveNodes() throws IOException, DaemonException {
    var all = new TreeSet<String>();
    for (JsonNode node : call.api().get(Target.of("/nodes"))) {
      if (!node.at("/Status/State").asText().equals("down")) {
        all.add(node.path("ID").asText());
      }
    }
    return all;
  }

  private void going(String text, boolean news) {
    if (quiet || text.equals(last)) {
      return;
    }
    if (call.terminal().outputIsTerminal()) {
      call.print("\r\033[K" + text);
    } else if (news) {
      call.print(text + "\n");
    }
    last = text;
    call.terminal().flush();
  }

  private void end(String text) {
    if (quiet) {
      return;
    }
    if (call.terminal().outputIsTerminal() && !last.isEmpty()) {
      call.print("\n");
    }
    if (!text.isEmpty()) {
      call.print(text + "\n");
    }
  }
}
