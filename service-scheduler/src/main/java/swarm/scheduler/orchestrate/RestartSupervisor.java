package swarm.scheduler.orchestrate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.RestartPolicy;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskSpec;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.NumberedNodes;

/// Replaces attempts that ended or whose node is lost, after the policy's delay, and lets a
/// prepared replacement start when its time has come.
final class RestartSupervisor {
  private RestartSupervisor() {}

  /// Whether a slot has what it should and nothing is to be done about it: a single attempt that
  /// runs or is to run, where it can go on. So it is with most slots, most of the time.
  static boolean steady(Turn turn, Versions versions, Slot slot) {
    if (slot.tasks().size() != 1) {
      return false;
    }
    Task only = slot.tasks().getFirst();
    return !only.leaving()
        && only.desired() != TaskState.READY
        && !lost(turn.state(), versions, only);
  }

  /// Plans one slot.
  ///
  /// @return whether the slot has what it should: an attempt that runs or will, or one that is over
  ///   for good
  static boolean plan(Turn turn, Service service, Versions versions, Slot slot, Plan plan) {
    List<Task> wanted = slot.wanted();
    boolean settled = false;
    String live =
        wanted.stream()
            .filter(t -> !t.status().state().terminal())
            .reduce((_, last) -> last)
            .map(Task::id)
            .orElse("");
    for (Task task : wanted) {
      if (task.status().state().terminal()) {
        boolean newest = live.isEmpty() && task.id().equals(wanted.getLast().id());
        if (newest && waits(turn, service, versions, slot, task, plan)) {
          settled = true;
          continue;
        }
        ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
        if (newest) {
          settled |= replaceEnded(turn, service, versions, slot, task, plan);
        }
      } else if (lost(turn.state(), versions, task)) {
        settled |= replaceLost(turn, service, versions, task, live, plan);
      } else {
        settled = true;
        promote(turn, service, slot, task, plan);
      }
    }
    return settled || finished(versions, slot);
  }

  /// Whether an attempt that could not even be prepared (its image cannot be pulled) must wait.
  /// Others are prepared during their delay; this one would ask the registry again at once, and
  /// again. One of another template says nothing about what is wanted now.
  private static boolean waits(
      Turn turn, Service service, Versions versions, Slot slot, Task ended, Plan plan) {
    if (ended.status().state() != TaskState.REJECTED
        || !versions.repeats(ended)
        || !mayRestart(versions, slot, ended)) {
      return false;
    }
    Optional<Instant> until = restartAt(service, versions, ended, turn.now());
    until.ifPresent(at -> plan.wakeAt(service.id(), at));
    return until.isPresent();
  }

  /// The slot's newest attempt, which ended by itself: replaced where the policy says so.
  private static boolean replaceEnded(
      Turn turn, Service service, Versions versions, Slot slot, Task ended, Plan plan) {
    if (!mayRestart(versions, slot, ended)) {
      return false;
    }
    Optional<Instant> wait =
        ended.status().state() == TaskState.REJECTED // see waits
            ? Optional.empty()
            : restartAt(service, versions, ended, turn.now());
    Instant start = wait.orElse(turn.now());
    ServiceOrchestrator.create(
        turn,
        service,
        slot.number(),
        slot.nodeId(),
        versions.repeats(ended) ? ended.attempt() + 1 : 0,
        wait.isPresent() ? TaskState.READY : service.goal(),
        start,
        versions.like(ended),
        plan);
    wait.ifPresent(at -> plan.wakeAt(service.id(), at));
    return true;
  }

  /// When the successor of an attempt that ended may start; empty for now. What another template
  /// follows waits as the new one says.
  static Optional<Instant> restartAt(Service service, Versions versions, Task ended, Instant now) {
    TaskSpec next = versions.repeats(ended) ? ended.spec() : service.spec().template();
    return Delay.end(endOf(ended), next.restart().delayOrDefault(), now);
  }

  /// Whether the slot may have another attempt from the present template: its last one was made
  /// from another, still goes on, or may be followed by the policy.
  static boolean mayTry(Versions versions, Slot slot) {
    return slot.newest()
        .filter(t -> t.status().state().terminal())
        .map(t -> mayRestart(versions, slot, t))
        .orElse(true);
  }

  private static Instant endOf(Task ended) {
    return Objects.requireNonNull(ended.endedAt(), "a task that is over has an end");
  }

  /// An attempt on a node that is gone or drained: replaced at once; a node's loss is not the
  /// task's failure.
  private static boolean replaceLost(
      Turn turn, Service service, Versions versions, Task task, String live, Plan plan) {
    ServiceOrchestrator.desire(plan, task, TaskState.SHUTDOWN, turn.now());
    if (service.spec().global()) {
      return false; // it has no other node to go to; its own gets a new one when it is back
    }
    if (!task.id().equals(live)) {
      return true; // a newer attempt stands in the slot
    }
    boolean mustWait =
        turn.state().node(task.nodeId()).map(Node::alive).orElse(false)
            && !service.updateConfig().startFirst();
    ServiceOrchestrator.create(
        turn,
        service,
        task.slot(),
        "",
        versions.repeats(task) ? task.attempt() : 0,
        mustWait ? TaskState.READY : service.goal(),
        turn.now(),
        versions.like(task),
        plan);
    return true;
  }

  /// Whether a placed attempt cannot go on where it is: its node is gone, drained, or no longer
  /// meets the constraints.
  static boolean lost(ClusterState state, Versions versions, Task task) {
    if (task.nodeId().isEmpty()) {
      return false;
    }
    @Nullable Node node = NumberedNodes.of(state.nodes()).get(task.nodeId());
    return node == null
        || node.status().state() == Node.State.DOWN
        || node.spec().drained()
        || !versions.mayStay(task, node);
  }

  /// A replacement that was prepared starts when its delay is over and its predecessor has stopped.
  private static void promote(Turn turn, Service service, Slot slot, Task task, Plan plan) {
    if (task.desired() != TaskState.READY) {
      return;
    }
    Duration delay = task.spec().restart().delayOrDefault();
    Optional<Instant> wait = Delay.end(task.startAfter().minus(delay), delay, turn.now());
    if (wait.isPresent()) {
      plan.wakeAt(task.serviceId(), wait.get());
    } else if (!slot.occupiedByLeaving(turn.state())) {
      ServiceOrchestrator.desire(plan, task, service.goal(), turn.now());
    }
  }

  /// Whether the slot's last attempt is over and no policy wants another.
  static boolean finished(Versions versions, Slot slot) {
    return slot.newest()
        .filter(t -> t.desired() != TaskState.REMOVE)
        .filter(versions::repeats)
        .filter(t -> t.status().state().terminal() && t.status().state() != TaskState.ORPHANED)
        .filter(t -> t.status().state() != TaskState.SHUTDOWN)
        .filter(t -> !mayRestart(versions, slot, t))
        .isPresent();
  }

  /// Looks at the time of the end only, not at the clock: the answer stays what it was.
  private static boolean mayRestart(Versions versions, Slot slot, Task ended) {
    if (!versions.repeats(ended)) {
      return true; // another template: its own attempts begin
    }
    RestartPolicy policy = ended.spec().restart(); // what is repeated has the same
    if (!policy.wants(ended.status().state())) {
      return false;
    }
    long limit = policy.attemptsOrZero();
    if (limit == 0) {
      return true;
    }
    if (policy.windowOrZero().isZero()) {
      return ended.attempt() < limit;
    }
    Instant since = endOf(ended).minus(policy.windowOrZero());
    long recent =
        slot.tasks().stream()
            .filter(t -> versions.alike(t, ended) && t.attempt() > 0)
            .filter(t -> t.born() <= ended.born() && t.version().createdAt().isAfter(since))
            .count();
    return recent < limit;
  }
}
