package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How far a job is, told from one look at it after another: it has converged once it is complete.
/// Of a global job the nodes count that had a task at the first look that found any, as with
/// Docker. Not thread-safe.
public final class JobProgress {
  private static final int ERROR_LENGTH = 75;

  private static final List<String> ACTIVE =
      List.of(
          "new",
          "allocated",
          "pending",
          "assigned",
          "accepted",
          "preparing",
          "ready",
          "starting",
          "running");

  private @Nullable TreeSet<String> nodes;

  /// Whether a service is a job.
  public static boolean of(JsonNode service) {
    return service.at("/Spec/Mode/ReplicatedJob").isObject()
        || service.at("/Spec/Mode/GlobalJob").isObject();
  }

  /// Looks at the job.
  ///
  /// @param service as `GET /services/{id}` has it
  /// @param tasks its tasks; those of earlier executions do not count
  public Convergence.Step look(JsonNode service, List<JsonNode> tasks) {
    JsonNode next = service.at("/JobStatus/NextExecution");
    boolean begun = service.at("/JobStatus/LastExecution").isTextual();
    if (next.isTextual() && !begun) {
      return new Convergence.Step.Converged("job runs next at " + next.asText());
    }
    if (!begun && service.at("/Spec/Labels/swarm.schedule").asText().equals("none")) {
      return new Convergence.Step.Converged("job runs when it is forced to");
    }
    JsonNode mode = service.at("/Spec/Mode/ReplicatedJob");
    boolean global = !mode.isObject();
    Map<String, JsonNode> slots = slots(service, tasks, global);
    if (global && nodes == null && !slots.isEmpty()) {
      nodes = new TreeSet<>(slots.keySet());
    }
    if (global && nodes == null) {
      return new Convergence.Step.Going("job progress: waiting for tasks", true);
    }
    if (nodes != null) {
      slots.keySet().retainAll(nodes);
    }
    long total = nodes == null ? mode.path("TotalCompletions").asLong() : nodes.size();
    long complete = slots.values().stream().filter(t -> state(t).equals("complete")).count();
    if (complete >= total) {
      return new Convergence.Step.Converged("job complete");
    }
    var text = new StringBuilder("job progress: " + complete + " out of " + total + " complete");
    if (!global) {
      long active = slots.values().stream().filter(t -> ACTIVE.contains(state(t))).count();
      long most = Math.min(total - complete, mode.path("MaxConcurrent").asLong());
      text.append("; active tasks: ").append(active).append(" out of ").append(most);
    }
    String error = error(tasks, service);
    return new Convergence.Step.Going(text + (error.isEmpty() ? "" : ": " + error), true);
  }

  /// Of the attempts for each completion, the one that has come least far: it counts.
  private static Map<String, JsonNode> slots(
      JsonNode service, List<JsonNode> tasks, boolean global) {
    var slots = new TreeMap<String, JsonNode>();
    for (JsonNode task : tasks) {
      if (present(service, task)) {
        String key = global ? task.path("NodeID").asText() : task.path("Slot").asText("0");
        slots.merge(key, task, (a, b) -> rank(b) < rank(a) ? b : a);
      }
    }
    return slots;
  }

  private static boolean present(JsonNode service, JsonNode task) {
    return task.at("/JobIteration/Index").isNumber()
        && task.at("/JobIteration/Index").asLong()
            == service.at("/JobStatus/JobIteration/Index").asLong();
  }

  /// One that completed counts for more than what failed or was lost before.
  private static int rank(JsonNode task) {
    int active = ACTIVE.indexOf(state(task));
    return active >= 0 ? active : ACTIVE.size() + (state(task).equals("complete") ? 0 : 1);
  }

  private static String state(JsonNode task) {
    return task.at("/Status/State").asText();
  }

  /// The newest.
  private static String error(List<JsonNode> tasks, JsonNode service) {
    return tasks.stream()
        .filter(t -> present(service, t) && !t.at("/Status/Err").asText("").isEmpty())
        .max(Comparator.comparing(t -> t.at("/Status/Timestamp").asText()))
        .map(t -> Words.ellipsis(t.at("/Status/Err").asText().replace('\n', ' '), ERROR_LENGTH))
        .orElse("");
  }
}
