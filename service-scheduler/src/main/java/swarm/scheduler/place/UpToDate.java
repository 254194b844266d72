package swarm.scheduler.place;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Meaning;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;

/// Which tasks of a service are as its present spec wants them, whichever spec they were made from:
/// those of an equal one (the values of earlier on were put back), and those that only the
/// placement parts from it, on nodes that meet the present constraints (swarmkit's `IsTaskDirty`).
/// Specs are compared once for each version of them, so that a million tasks cost a million
/// look-ups. For one snapshot and one thread.
public final class UpToDate {
  private enum Likeness {
    EQUAL,
    PLACED_OTHERWISE,
    OTHER
  }

  private final ClusterState state;
  private final Service service;
  private final boolean ingress;
  private final Map<Long, Likeness> versions = new HashMap<>();

  /// @param service one of the state's
  public UpToDate(ClusterState state, Service service) {
    this.state = state;
    this.service = service;
    this.ingress = service.spec().ports().stream().anyMatch(PortConfig::ingress);
  }

  /// Whether a task of the service is up to date. Of a job only what was made from its very spec
  /// is: an execution repeats nothing.
  public boolean test(Task task) {
    if (task.specVersion() == service.specVersion()) {
      return service.spec().job() || reachable(task);
    }
    if (service.spec().job()) {
      return false;
    }
    return switch (versions.computeIfAbsent(task.specVersion(), _ -> likeness(task))) {
      case EQUAL -> reached(task);
      case PLACED_OTHERWISE -> reached(task) && meetsConstraints(task);
      case OTHER -> false;
    };
  }

  private Likeness likeness(Task task) {
    TaskSpec wanted = service.spec().template();
    if (!hostPorts().equals(task.hostPorts())) {
      return Likeness.OTHER;
    }
    if (Meaning.same(wanted, task.spec())) {
      return Likeness.EQUAL;
    }
    return Meaning.same(wanted.placedAs(task.spec()), task.spec())
        ? Likeness.PLACED_OTHERWISE
        : Likeness.OTHER;
  }

  private List<PortConfig> hostPorts() {
    return service.spec().ports().stream().filter(port -> !port.ingress()).toList();
  }

  /// Whether it has an address on the ingress network where the service now needs one. A new task
  /// gets what is needed now; one that was made from an earlier spec (`CreateTask.like`) got what
  /// was needed then, which after a way back may be too little.
  private boolean reachable(Task task) {
    return !ingress || task.ingressAddress() != 0 || task.status().state() == TaskState.NEW;
  }

  /// Likewise, and has none where it needs none.
  private boolean reached(Task task) {
    return task.status().state() == TaskState.NEW || ingress == (task.ingressAddress() != 0);
  }

  private boolean meetsConstraints(Task task) {
    @Nullable Node node = state.nodes().get(task.nodeId());
    return node != null && Constraints.allMatch(service.spec().template().constraints(), node);
  }

  /// Whether a task may stay on its node: the node meets the constraints that the task was made
  /// with, or the present ones where nothing else parts the two.
  ///
  /// @param node the task's
  public boolean mayStay(Task task, Node node) {
    return Constraints.allMatch(task.spec().constraints(), node)
        || (task.specVersion() != service.specVersion()
            && !service.spec().job()
            && versions.computeIfAbsent(task.specVersion(), _ -> likeness(task))
                == Likeness.PLACED_OTHERWISE
            && Constraints.allMatch(service.spec().template().constraints(), node));
  }
}
