package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Whether a service has reached what it was asked to be, told from one look at it after another.
/// Converged is a service whose tasks all run and have done so for the update's monitoring time.
/// Not thread-safe; the caller brings time and looks.
public final class Convergence {
  /// What the user is told after a look.
  public sealed interface Step {
    /// Goes on. `text` is for a line that is overwritten; `news` says whether it tells more than a
    /// count-down.
    record Going(String text, boolean news) implements Step {}

    record Converged(String text) implements Step {}

    record Failed(String text) implements Step {}
  }

  /// In the order that a task goes through them.
  private static final List<String> STATES =
      List.of(
          "new",
          "allocated",
          "pending",
          "assigned",
          "accepted",
          "preparing",
          "ready",
          "starting",
          "running",
          "complete",
          "shutdown",
          "failed",
          "rejected");

  private static final int RUNNING = STATES.indexOf("running");
  private static final int ERROR_LENGTH = 75;

  private @Nullable Instant since;
  private boolean moving;
  private boolean rolledBack;
  private String lastStable = "";

  private final JsonNode before;

  /// @param before the service's `UpdateStatus` before it was changed, missing for a new service:
  ///   as long as it stays, it says nothing of the change
  public Convergence(JsonNode before) {
    this.before = before;
  }

  /// Looks at the service.
  ///
  /// @param service as `GET /services/{id}` has it
  /// @param tasks its tasks that are up to date
  /// @param liveNodes the ids of nodes that are not down
  public Step look(JsonNode service, List<JsonNode> tasks, Set<String> liveNodes, Instant now) {
    JsonNode update = service.path("UpdateStatus");
    String state = update.equals(before) ? "" : update.path("State").asText("");
    String message = update.path("Message").asText("");
    boolean all = allRun(service, tasks, liveNodes);
    switch (state) {
      case "updating", "rollback_started" -> {
        moving = true;
        rolledBack = state.startsWith("rollback");
        // tasks of the specification before may still be among those that run
        since = null;
        return inUpdate(message, progress(service, tasks, liveNodes));
      }
      case "completed", "rollback_completed" -> {
        rolledBack = moving && state.startsWith("rollback");
        if (moving && all) {
          return converged(service); // the managers have watched the tasks for the monitoring time
        }
      }
      case "paused" -> {
        return new Step.Failed("service update paused: " + message);
      }
      case "rollback_paused" -> {
        return new Step.Failed("service rollback paused: " + message);
      }
      default -> {
        // none is going on
      }
    }
    if (!all) {
      boolean lost = since != null;
      since = null;
      String progress = progress(service, tasks, liveNodes);
      return new Step.Going((lost ? "verify: Detected task failure; " : "") + progress, true);
    }
    Instant start = since == null ? now : since;
    since = start;
    Duration left = monitor(service).minus(Duration.between(start, now));
    if (!left.isPositive()) {
      return converged(service);
    }
    String stable =
        "overall progress: " + counts(service, tasks, liveNodes).text() + "; verify: waiting ";
    boolean news = !stable.equals(lastStable);
    lastStable = stable;
    long seconds = left.toSeconds() + (left.toNanosPart() > 0 ? 1 : 0);
    return new Step.Going(stable + seconds + " seconds to verify that tasks are stable...", news);
  }

  /// What waits for the user's word is as far as it gets without one.
  private static Step inUpdate(String message, String progress) {
    if (message.startsWith("canary: ") && message.contains("service promote")) {
      return new Step.Converged(message);
    }
    boolean plain = message.isEmpty() || message.endsWith(" in progress");
    return new Step.Going(plain ? progress : progress + "; " + message, true);
  }

  private Step converged(JsonNode service) {
    String id = service.path("ID").asText();
    return new Step.Converged(
        "verify: Service "
            + id
            + " converged"
            + (rolledBack
                ? "\nrollback: " + service.at("/UpdateStatus/Message").asText("update rolled back")
                : ""));
  }

  /// The update's own monitoring time, else Docker's five seconds.
  static Duration monitor(JsonNode service) {
    long nanos = service.at("/Spec/UpdateConfig/Monitor").asLong(0);
    return nanos > 0 ? Duration.ofNanos(nanos) : Duration.ofSeconds(5);
  }

  private record Counts(long running, long wanted) {
    String text() {
      return running + " out of " + wanted + " tasks";
    }
  }

  private static boolean allRun(JsonNode service, List<JsonNode> tasks, Set<String> liveNodes) {
    Counts counts = counts(service, tasks, liveNodes);
    return counts.wanted() >= 0 && counts.running() == counts.wanted();
  }

  private static boolean replicated(JsonNode service) {
    return service.at("/Spec/Mode/Replicated").isObject();
  }

  /// Of a global service so many are wanted as have been made; before any has, it is not known.
  private static Counts counts(JsonNode service, List<JsonNode> tasks, Set<String> liveNodes) {
    Map<String, JsonNode> current = current(service, tasks, liveNodes);
    long running = current.values().stream().filter(Convergence::runs).count();
    if (replicated(service)) {
      return new Counts(running, service.at("/Spec/Mode/Replicated/Replicas").asLong());
    }
    return new Counts(running, current.isEmpty() ? -1 : current.size());
  }

  private static boolean runs(JsonNode task) {
    return state(task, "/DesiredState") <= RUNNING && state(task, "/Status/State") == RUNNING;
  }

  private static int state(JsonNode task, String pointer) {
    return STATES.indexOf(task.at(pointer).asText());
  }

  /// The task that counts in each slot, or on each node: of several, the one that is least far on
  /// its way out.
  private static Map<String, JsonNode> current(
      JsonNode service, List<JsonNode> tasks, Set<String> liveNodes) {
    var all = new TreeMap<String, JsonNode>();
    for (JsonNode task : tasks) {
      String node = task.path("NodeID").asText("");
      if (state(task, "/DesiredState") < 0
          || state(task, "/Status/State") < 0
          || (!node.isEmpty() && !liveNodes.contains(node))) {
        continue;
      }
      String key = replicated(service) ? task.path("Slot").asText() : node;
      all.merge(key, task, (a, b) -> later(a, b) ? b : a);
    }
    return all;
  }

  private static boolean later(JsonNode a, JsonNode b) {
    int wantedA = state(a, "/DesiredState");
    int wantedB = state(b, "/DesiredState");
    return wantedA != wantedB
        ? wantedB < wantedA
        : state(b, "/Status/State") < state(a, "/Status/State");
  }

  private String progress(JsonNode service, List<JsonNode> tasks, Set<String> liveNodes) {
    Counts counts = counts(service, tasks, liveNodes);
    if (counts.wanted() < 0) {
      return "overall progress: waiting for new tasks";
    }
    var text = new StringBuilder("overall progress: ");
    if (rolledBack) {
      text.append("rolling back update: ");
    }
    text.append(counts.text());
    String rest = rest(current(service, tasks, liveNodes));
    return rest.isEmpty() ? text.toString() : text.append(" (").append(rest).append(')').toString();
  }

  /// How many are in which state, and the first error.
  private static String rest(Map<String, JsonNode> current) {
    var states = new TreeMap<Integer, Integer>();
    String error = "";
    for (JsonNode task : current.values()) {
      if (!runs(task)) {
        states.merge(state(task, "/Status/State"), 1, Integer::sum);
        String one = task.at("/Status/Err").asText("").replace('\n', ' ');
        error = error.isEmpty() ? one : error;
      }
    }
    var parts = new java.util.ArrayList<String>();
    states.forEach((state, count) -> parts.add(count + " " + STATES.get(state)));
    String text = String.join(", ", parts);
    return error.isEmpty() ? text : text + ": " + Words.ellipsis(error, ERROR_LENGTH);
  }
}
