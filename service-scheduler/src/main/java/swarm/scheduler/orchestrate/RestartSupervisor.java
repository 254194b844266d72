package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.RestartPolicy;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.place.Constraints;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;

/// Replaces attempts that ended or whose node is lost, after the policy's delay, and lets a
/// prepared replacement start when its time has come.
final class RestartSupervisor {
  private RestartSupervisor() {}

  /// Plans one slot.
  ///
  /// @return whether the slot has what it should: an attempt that runs or will, or one that is over
  ///   for good
  static boolean plan(Turn turn, Service service, Slot slot, Plan plan) {
    List<Task> wanted = slot.wanted();
    boolean live = false;
    String newest =
        wanted.stream()
            .filter(t -> !t.status().state().terminal())
            .reduce((_, last) -> last)
            .map(Task::id)
            .orElse("");
    for (Task task : wanted) {
      if (task.status().state().terminal()) {
        live |= replaceEnded(turn, service, slot, task, wanted, plan);
      } else if (lost(turn.state(), task)) {
        live |= replaceLost(turn, service, slot, task, newest, plan);
      } else {
        live = true;
        promote(turn, slot, task, plan);
      }
    }
    return live || finished(service, slot, turn.now());
  }

  /// An attempt that ended by itself: told to stay ended, and replaced where the policy says so.
  private static boolean replaceEnded(
      Turn turn, Service service, Slot slot, Task ended, List<Task> wanted, Plan plan) {
    Instant start = ended.status().at().plus(service.spec().template().restart().delayOrDefault());
    boolean now = !start.isAfter(turn.now());
    if (!now && ended.status().state() == TaskState.REJECTED && mayRestart(service, slot, ended, turn.now())) {
      // What could not even be prepared (an image that cannot be pulled) is not prepared again before its delay is over.
      plan.wakeAt(service.id(), start);
      return true;
    }
    ServiceOrchestrator.desire(plan, ended, TaskState.SHUTDOWN, turn.now());
    boolean another =
        wanted.stream().anyMatch(t -> !t.id().equals(ended.id()) && !t.status().state().terminal());
    if (another) {
      return true;
    }
    if (!mayRestart(service, slot, ended, turn.now())) {
      return false;
    }
    boolean current = ended.specVersion() == service.specVersion();
    ServiceOrchestrator.create(
        turn,
        service,
        slot.number(),
        slot.nodeId(),
        current ? ended.attempt() + 1 : 0,
        now ? TaskState.RUNNING : TaskState.READY,
        start,
        plan);
    if (!now) {
      plan.wakeAt(service.id(), start);
    }
    return true;
  }

  /// An attempt on a node that is gone or drained: replaced at once; a node's loss is not the
  /// task's failure.
  private static boolean replaceLost(
      Turn turn, Service service, Slot slot, Task task, String newest, Plan plan) {
    ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
    if (service.spec().global()) {
      return false; // it has no other node to go to; its own gets a new one when it is back
    }
    if (!task.id().equals(newest)) {
      return true; // a newer attempt stands in the slot
    }
    boolean mustWait =
        turn.state().node(task.nodeId()).map(Node::alive).orElse(false)
            && !service.updateConfig().startFirst();
    ServiceOrchestrator.create(
        turn,
        service,
        slot.number(),
        "",
        task.specVersion() == service.specVersion() ? task.attempt() : 0,
        mustWait ? TaskState.READY : TaskState.RUNNING,
        turn.now(),
        plan);
    return true;
  }

  /// Whether a placed attempt cannot go on where it is: its node is gone, drained, or no longer
  /// meets the constraints.
  static boolean lost(ClusterState state, Task task) {
    if (task.nodeId().isEmpty()) {
      return false;
    }
    Optional<Node> node = state.node(task.nodeId());
    if (node.isEmpty() || node.get().status().state() == Node.State.DOWN) {
      return true;
    }
    return node.get().spec().drained()
        || !Constraints.allMatch(task.spec().constraints(), node.get());
  }

  /// A replacement that was prepared starts when its delay is over and its predecessor has stopped.
  private static void promote(Turn turn, Slot slot, Task task, Plan plan) {
    if (task.desired() != TaskState.READY) {
      return;
    }
    if (task.startAfter().isAfter(turn.now())) {
      plan.wakeAt(task.serviceId(), task.startAfter());
    } else if (!slot.occupiedByLeaving(turn.state())) {
      ServiceOrchestrator.desire(plan, task, TaskState.RUNNING, turn.now());
    }
  }

  /// Whether the slot's last attempt is over and no policy wants another.
  private static boolean finished(Service service, Slot slot, Instant now) {
    return slot.newest()
        .filter(t -> t.desired() != TaskState.REMOVE)
        .filter(t -> t.specVersion() == service.specVersion())
        .filter(t -> t.status().state().terminal() && t.status().state() != TaskState.ORPHANED)
        .filter(t -> t.status().state() != TaskState.SHUTDOWN)
        .filter(t -> !mayRestart(service, slot, t, now))
        .isPresent();
  }

  private static boolean mayRestart(Service service, Slot slot, Task ended, Instant now) {
    RestartPolicy policy = service.spec().template().restart();
    if (ended.specVersion() != service.specVersion()) {
      return true; // another template: its own attempts begin
    }
    if (!policy.wants(ended.status().state())) {
      return false;
    }
    long limit = policy.maxAttempts() == null ? 0 : policy.maxAttempts();
    if (limit == 0) {
      return true;
    }
    long window = policy.window() == null ? 0 : policy.window();
    if (window == 0) {
      return ended.attempt() < limit;
    }
    Instant since = now.minus(Duration.ofNanos(window));
    long recent =
        slot.tasks().stream()
            .filter(t -> t.specVersion() == service.specVersion() && t.attempt() > 0)
            .filter(t -> t.version().createdAt().isAfter(since))
            .count();
    return recent < limit;
  }
}
