package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Placement;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Places PENDING tasks: the node with the fewest tasks of the service, then with the fewest of
/// all, then the first by id; among the nodes that pass every filter. Where none passes, the task
/// is told how many nodes failed which filter.
public final class Scheduler {
  private Scheduler() {}

  /// The filters, in the order in which they are asked; each with Docker's explanation.
  enum Filter {
    READY("%d node(s) not available for new tasks"),
    RESOURCES("insufficient resources on %d node(s)"),
    CONSTRAINT("scheduling constraints not satisfied on %d node(s)"),
    PLATFORM("unsupported platform on %d node(s)"),
    MAX_REPLICAS("max replicas per node limit exceed on %d node(s)"),
    HOST_PORT("host-mode port already in use on %d node(s)");

    private final String explanation;

    Filter(String explanation) {
      this.explanation = explanation;
    }
  }

  private static final Comparator<Candidates.Load> BY_TOTAL =
      Comparator.<Candidates.Load>comparingInt(l -> l.tasks).thenComparing(l -> l.node.id());

  /// Plans one turn.
  public static void plan(Turn turn, Plan plan) {
    ClusterState state = turn.state();
    @Nullable Candidates candidates = null;
    for (String serviceId : turn.services()) {
      for (Task task : state.tasksOfService(serviceId)) {
        if (task.status().state() == TaskState.PENDING && !task.leaving()) {
          candidates = candidates == null ? new Candidates(state) : candidates;
          place(turn, task, candidates, plan);
        }
      }
    }
  }

  private static void place(Turn turn, Task task, Candidates candidates, Plan plan) {
    var failures = new EnumMap<Filter, Integer>(Filter.class);
    Candidates.@Nullable Load best = null;
    Comparator<Candidates.Load> order =
        Comparator.<Candidates.Load>comparingInt(l -> l.of(task.serviceId()))
            .thenComparing(BY_TOTAL);
    for (Candidates.Load load : candidates.of(task.serviceId())) {
      if (!task.nodeId().isEmpty() && !task.nodeId().equals(load.node.id())) {
        continue; // a global service's task knows its node
      }
      Optional<Filter> failed = failing(task, load);
      if (failed.isPresent()) {
        failures.merge(failed.get(), 1, Integer::sum);
      } else if (best == null || order.compare(load, best) < 0) {
        best = load;
      }
    }
    if (best == null) {
      wait(turn, task, failures, plan);
      return;
    }
    plan.add(new Command.AssignTask(task.id(), best.node.id(), turn.now()));
    best.place(task);
  }

  private static void wait(Turn turn, Task task, Map<Filter, Integer> failures, Plan plan) {
    String why = explain(failures);
    plan.waits(task.serviceId(), why);
    if (!why.equals(task.status().error())) {
      plan.add(new Command.ExplainTask(task.id(), why, turn.now()));
    }
  }

  static String explain(Map<Filter, Integer> failures) {
    if (failures.isEmpty()) {
      return "no suitable node";
    }
    var parts = new ArrayList<String>();
    failures.forEach(
        (filter, count) ->
            parts.add(
                String.format(filter.explanation, count).replace("(s)", count == 1 ? "" : "s")));
    return "no suitable node (" + String.join("; ", parts) + ")";
  }

  private static Optional<Filter> failing(Task task, Candidates.Load load) {
    if (!load.node.schedulable()) {
      return Optional.of(Filter.READY);
    }
    if (!enoughLeft(task, load)) {
      return Optional.of(Filter.RESOURCES);
    }
    if (!Constraints.allMatch(task.spec().constraints(), load.node)) {
      return Optional.of(Filter.CONSTRAINT);
    }
    @Nullable Placement placement = task.spec().placement();
    if (placement != null) {
      if (!platformFits(placement, load)) {
        return Optional.of(Filter.PLATFORM);
      }
      long most = placement.maxReplicas() == null ? 0 : placement.maxReplicas();
      if (most > 0 && task.nodeId().isEmpty() && load.of(task.serviceId()) >= most) {
        return Optional.of(Filter.MAX_REPLICAS);
      }
    }
    return load.hostPortsFree(task) ? Optional.empty() : Optional.of(Filter.HOST_PORT);
  }

  private static boolean enoughLeft(Task task, Candidates.Load load) {
    long cpus = ResourceRequirements.reservedNanoCpus(task.spec().resources());
    long memory = ResourceRequirements.reservedMemory(task.spec().resources());
    // subtracted, not added: what a user reserves may be near the largest number
    return cpus <= load.node.description().nanoCpus() - load.nanoCpus
        && memory <= load.node.description().memoryBytes() - load.memory;
  }

  private static boolean platformFits(Placement placement, Candidates.Load load) {
    if (placement.platformsOrAny().isEmpty()) {
      return true;
    }
    var node = load.node.description();
    return placement.platformsOrAny().stream()
        .anyMatch(
            p ->
                matches(p.os(), node.os())
                    && matches(
                        p.architecture() == null ? null : normalise(p.architecture()),
                        normalise(node.architecture())));
  }

  private static boolean matches(@Nullable String wanted, String have) {
    return wanted == null || wanted.isEmpty() || wanted.equals(have);
  }

  private static String normalise(String architecture) {
    return switch (architecture) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> architecture;
    };
  }
}
