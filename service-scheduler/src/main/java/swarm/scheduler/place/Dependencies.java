package swarm.scheduler.place;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceAdditions.Dependency;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// What services wait for before they start, or are updated: other services. Pure.
public final class Dependencies {
  private static final int MOST_TOLD = 4;

  private Dependencies() {}

  /// What a service waits for.
  ///
  /// @param names the services
  /// @param text for people: `waits for db: 0 of 1 healthy`
  public record Unmet(List<String> names, String text) {}

  /// What stands in the way of a service now; empty where nothing does.
  public static Optional<Unmet> unmet(ClusterState state, ServiceAdditions additions) {
    var names = new ArrayList<String>();
    var texts = new ArrayList<String>();
    for (Dependency each : additions.dependsOn()) {
      @Nullable String lack = lack(state, each);
      if (lack != null) {
        names.add(each.service());
        texts.add(each.service() + ": " + lack);
      }
    }
    if (names.isEmpty()) {
      return Optional.empty();
    }
    List<String> told = texts.subList(0, Math.min(MOST_TOLD, texts.size()));
    String more = texts.size() > MOST_TOLD ? ", " + (texts.size() - MOST_TOLD) + " more" : "";
    return Optional.of(new Unmet(names, "waits for " + String.join(", ", told) + more));
  }

  /// Whether a service is past its first start: one of its tasks ran, of a job in its present
  /// execution. From then on what it depends on may come and go.
  static boolean started(Service service, List<Task> tasks) {
    for (Task task : tasks) {
      if (task.runningSince() != null && present(service, task)) {
        return true;
      }
    }
    return false;
  }

  private static boolean present(Service service, Task task) {
    return !service.spec().job() || Objects.equals(task.jobIteration(), service.iteration());
  }

  /// @return null where nothing is lacking
  private static @Nullable String lack(ClusterState state, Dependency on) {
    @Nullable String id = state.serviceNames().get(on.service());
    @Nullable Service service = id == null ? null : state.services().get(id);
    if (service == null) {
      return "there is no such service";
    }
    int wanted = wanted(state, service);
    int there = there(state, service, on.condition());
    @Nullable String count =
        there >= wanted ? null : there + " of " + wanted + " " + word(on.condition());
    return switch (on.condition()) {
      case SERVICE_STARTED -> count;
      case SERVICE_HEALTHY -> count != null ? count : updating(service);
      case SERVICE_COMPLETED_SUCCESSFULLY -> service.begun() ? count : "it waits for its time";
    };
  }

  private static String word(ServiceAdditions.Condition condition) {
    return switch (condition) {
      case SERVICE_STARTED -> "started";
      case SERVICE_HEALTHY -> "healthy";
      case SERVICE_COMPLETED_SUCCESSFULLY -> "completed";
    };
  }

  private static @Nullable String updating(Service service) {
    Service.@Nullable UpdateStatus update = service.update();
    if (update == null || !(update.state().moving() || update.state().paused())) {
      return null;
    }
    return update.state().paused() ? "its update is paused" : "it is being updated";
  }

  /// How many slots it is to have.
  private static int wanted(ClusterState state, Service service) {
    ServiceSpec spec = service.spec();
    if (!spec.global()) {
      return spec.job() ? spec.completions() : spec.replicas();
    }
    int nodes = 0;
    for (Node node : state.nodes().values()) {
      boolean fits =
          node.schedulable() && Constraints.allMatch(spec.template().constraints(), node);
      nodes += fits ? 1 : 0;
    }
    return nodes;
  }

  /// How many of these meet the condition.
  private static int there(
      ClusterState state, Service service, ServiceAdditions.Condition condition) {
    var versions = new UpToDate(state, service);
    Set<String> slots = new HashSet<>();
    for (Task task : state.tasksOfService(service.id())) {
      if (present(service, task) && meets(service, versions, task, condition)) {
        slots.add(task.slot() + (service.spec().global() ? task.nodeId() : ""));
      }
    }
    return slots.size();
  }

  private static boolean meets(
      Service service, UpToDate versions, Task task, ServiceAdditions.Condition condition) {
    boolean upToDate = service.spec().job() || versions.test(task);
    return switch (condition) {
      case SERVICE_STARTED ->
          switch (task.status().state()) {
            case STARTING, RUNNING, COMPLETE -> true;
            case NEW,
                ALLOCATED,
                PENDING,
                ASSIGNED,
                ACCEPTED,
                PREPARING,
                READY,
                SHUTDOWN,
                FAILED,
                REJECTED,
                REMOVE,
                ORPHANED ->
                false;
          };
      case SERVICE_HEALTHY -> // a job's tasks that have completed are no worse for it
          upToDate
              && ((service.spec().job() && task.status().state() == TaskState.COMPLETE)
                  || (!task.leaving() && task.status().state() == TaskState.RUNNING));
      case SERVICE_COMPLETED_SUCCESSFULLY ->
          upToDate && task.status().state() == TaskState.COMPLETE;
    };
  }

  /// The way from a service back to itself, if it were to depend on these: none of them would ever
  /// start.
  ///
  /// @param name the service's
  /// @return the names on it, the service first and last; empty where there is none
  public static List<String> cycle(ClusterState state, String name, ServiceAdditions additions) {
    var from = new HashMap<String, String>(); // each name that was reached, and the one before it
    var open = new ArrayDeque<String>();
    additions.dependsOn().forEach(first -> reach(first.service(), name, from, open));
    while (!open.isEmpty() && !from.containsKey(name)) {
      String at = open.remove();
      @Nullable String id = state.serviceNames().get(at);
      @Nullable Service service = id == null ? null : state.services().get(id);
      if (service != null) {
        ServiceAdditions.of(service.spec())
            .dependsOn()
            .forEach(next -> reach(next.service(), at, from, open));
      }
    }
    var way = new ArrayDeque<String>();
    if (from.containsKey(name)) {
      way.add(name);
      for (String at = before(from, name); !at.equals(name); at = before(from, at)) {
        way.addFirst(at);
      }
      way.addFirst(name);
    }
    return new ArrayList<>(way);
  }

  private static void reach(
      String name, String before, Map<String, String> from, Deque<String> open) {
    if (from.putIfAbsent(name, before) == null) {
      open.add(name);
    }
  }

  private static String before(Map<String, String> from, String name) {
    return Objects.requireNonNull(from.get(name), "each name was reached from another");
  }
}
