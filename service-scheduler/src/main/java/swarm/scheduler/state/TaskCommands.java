package swarm.scheduler.state;

import java.time.Instant;
import java.util.List;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;

/// Commands on tasks.
final class TaskCommands {
  private TaskCommands() {}

  static CommandResult create(StateBuilder s, Command.CreateTask c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return new CommandResult.NotFound("service " + c.serviceId() + " not found");
    }
    if (s.task(c.taskId()) != null) {
      return new CommandResult.Conflict("task " + c.taskId() + " already exists");
    }
    Task like = c.like() == null ? null : s.task(c.like());
    if (c.like() != null && (like == null || !like.serviceId().equals(service.id()))) {
      return new CommandResult.Conflict("task " + c.like() + " is not there any more");
    }
    s.put(
        new Task(
            c.taskId(),
            new Version(s.index(), c.at(), c.at()),
            service.id(),
            service.spec().nameOrEmpty(),
            c.slot(),
            c.nodeId(),
            like == null ? service.spec().template() : like.spec(),
            like == null ? service.specVersion() : like.specVersion(),
            c.attempt(),
            c.desired(),
            new Task.Status(TaskState.NEW, c.at(), "created", "", null),
            0,
            c.startAfter(),
            like == null ? hostPorts(service) : like.hostPorts(),
            s.index(),
            null,
            null,
            null,
            service.spec().job() ? service.iteration() : null,
            null,
            null));
    return CommandApplier.DONE;
  }

  private static List<PortConfig> hostPorts(Service service) {
    return service.spec().ports().stream().filter(p -> !p.ingress()).toList();
  }

  static CommandResult allocate(StateBuilder s, Command.AllocateTask c) {
    Task task = s.task(c.taskId());
    if (task == null) {
      return noTask(c.taskId());
    }
    if (task.status().state() != TaskState.NEW) {
      return notIn(task, TaskState.NEW);
    }
    if (c.ingressAddress() != 0 && s.ingressOwner(c.ingressAddress()) != null) {
      return new CommandResult.Conflict("the ingress address is already taken");
    }
    if (c.ingressAddress() != 0 && !IngressCommands.gives(s, c.ingressAddress())) {
      return new CommandResult.Conflict("there is another ingress network by now, or none");
    }
    List<NetworkAddress> addresses = c.networks() == null ? List.of() : c.networks();
    for (NetworkAddress address : addresses) {
      if (!s.networks().isFree(address)) {
        return new CommandResult.Conflict(
            "an address on network " + address.networkId() + " is already taken");
      }
    }
    s.put(
        task.addressed(
            task.version().next(s.index(), c.at()),
            c.ingressAddress(),
            addresses.isEmpty() ? null : addresses,
            new Task.Status(TaskState.PENDING, c.at(), "pending task scheduling", "", null)));
    return CommandApplier.DONE;
  }

  static CommandResult assign(StateBuilder s, Command.AssignTask c) {
    Task task = s.task(c.taskId());
    if (task == null) {
      return noTask(c.taskId());
    }
    if (task.status().state() != TaskState.PENDING) {
      return notIn(task, TaskState.PENDING);
    }
    Node node = s.node(c.nodeId());
    if (node == null) {
      return new CommandResult.NotFound("node " + c.nodeId() + " not found");
    }
    if (!task.nodeId().isEmpty() && !task.nodeId().equals(c.nodeId())) {
      return new CommandResult.Conflict(
          "task " + task.id() + " belongs to node " + task.nodeId() + ", not " + c.nodeId());
    }
    s.put(
        task.assigned(
            task.version().next(s.index(), c.at()),
            node.id(), // the node's own text: a million tasks share a few thousand
            new Task.Status(
                TaskState.ASSIGNED, c.at(), "scheduler assigned task to node", "", null),
            c.generic() == null || c.generic().isEmpty() ? null : c.generic()));
    return CommandApplier.DONE;
  }

  static CommandResult explain(StateBuilder s, Command.ExplainTask c) {
    Task task = s.task(c.taskId());
    if (task == null) {
      return noTask(c.taskId());
    }
    if (task.status().state().compareTo(TaskState.PENDING) > 0) {
      return notIn(task, TaskState.PENDING);
    }
    Task.Status status = task.status();
    s.put(
        task.observed(
            task.version().next(s.index(), c.at()),
            new Task.Status(status.state(), c.at(), status.message(), c.error(), null),
            c.at()));
    return CommandApplier.DONE;
  }

  static CommandResult desire(StateBuilder s, Command.DesireTask c) {
    return s.task(c.taskId()) == null
        ? noTask(c.taskId())
        : desireTask(s, c.taskId(), c.desired(), c.at());
  }

  static CommandResult preempt(StateBuilder s, Command.PreemptTask c) {
    Task task = s.task(c.taskId());
    if (task == null) {
      return noTask(c.taskId());
    }
    if (task.leaving()) {
      return new CommandResult.Conflict("task " + c.taskId() + " is leaving already");
    }
    s.put(task.preempted(c.by()));
    return desireTask(s, c.taskId(), TaskState.SHUTDOWN, c.at());
  }

  /// Advances what is wanted of a task. One that no agent ever had needs no agent to end it.
  static CommandResult desireTask(StateBuilder s, String taskId, TaskState desired, Instant at) {
    Task task = s.task(taskId);
    if (task == null || task.desired().compareTo(desired) >= 0) {
      return CommandApplier.DONE;
    }
    Version version = task.version().next(s.index(), at);
    Task next = task.desiring(version, desired);
    if (desired.isEnd() && task.status().state().compareTo(TaskState.ASSIGNED) < 0) {
      next =
          next.observed(
              version,
              new Task.Status(TaskState.SHUTDOWN, at, "shut down before it was placed", "", null),
              at);
    }
    s.put(next);
    return CommandApplier.DONE;
  }

  static CommandResult report(StateBuilder s, Command.ReportTasks c) {
    for (Command.ReportTasks.Observation seen : c.observations()) {
      Task task = s.task(seen.taskId());
      if (task == null || !task.nodeId().equals(c.nodeId())) {
        continue; // the task was removed meanwhile, or was never this node's: nothing to write
      }
      TaskState before = task.status().state();
      if (before.compareTo(TaskState.ASSIGNED) < 0 || before.terminal()) {
        continue; // not the agent's yet, or no more
      }
      if (seen.status().state().compareTo(before) < 0 || seen.status().equals(task.status())) {
        continue; // states only advance, and what is known already is no news
      }
      s.put(task.observed(task.version().next(s.index(), c.at()), seen.status(), c.at()));
    }
    return CommandApplier.DONE;
  }

  static CommandResult orphan(StateBuilder s, Command.OrphanTask c) {
    Task task = s.task(c.taskId());
    if (task == null) {
      return noTask(c.taskId());
    }
    if (task.status().state().terminal()) {
      return new CommandResult.Conflict("task " + c.taskId() + " is over already");
    }
    orphanTask(s, task, c.at());
    return CommandApplier.DONE;
  }

  static void orphanTask(StateBuilder s, Task task, Instant at) {
    s.put(
        task.observed(
            task.version().next(s.index(), at),
            new Task.Status(
                TaskState.ORPHANED, at, "the task's node is gone", "", task.status().container()),
            at));
  }

  static CommandResult remove(StateBuilder s, Command.RemoveTask c) {
    Task task = s.task(c.taskId());
    if (task == null) {
      return CommandApplier.DONE;
    }
    if (!task.status().state().terminal()) {
      return new CommandResult.Refused("task " + c.taskId() + " is not over yet");
    }
    s.removeTask(task);
    return CommandApplier.DONE;
  }

  private static CommandResult notIn(Task task, TaskState wanted) {
    return new CommandResult.Conflict(
        "task " + task.id() + " is " + task.status().state() + ", not " + wanted);
  }

  private static CommandResult noTask(String id) {
    return new CommandResult.NotFound("task " + id + " not found");
  }
}
