package swarm.scheduler.orchestrate;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.place.UpToDate;
import swarm.scheduler.plan.Turn;
import swarm.scheduler.state.ClusterState;

/// Which version of a service's spec its tasks are of, and which one the next task of a slot is
/// made from: mostly the present one. While the first part of an update has to prove itself, only
/// its own slots get that; what is restarted, moved or added elsewhere is made as it was before.
/// For one turn and one service.
final class Versions {
  /// What runs, and has done so for longest, first.
  private static final Comparator<Task> PROVEN =
      Comparator.comparing((Task task) -> task.status().state() != TaskState.RUNNING)
          .thenComparingLong(Task::born)
          .thenComparing(Task::id);

  private final ClusterState state;
  private final Service service;
  private final UpToDate upToDate;
  private final boolean held;

  /// How many slots are the first part of an update.
  private final int first;

  /// The slots that have an attempt from the present version which goes on.
  private final Set<String> tried = new TreeSet<>();

  private Versions(ClusterState state, Service service, Optional<CanaryStage> stage) {
    this.state = state;
    this.service = service;
    this.upToDate = new UpToDate(state, service);
    this.held = stage.isPresent();
    this.first = stage.map(CanaryStage::first).orElse(0);
  }

  /// @param slots all of the service's
  static Versions of(Turn turn, Service service, Map<String, Slot> slots) {
    Optional<CanaryStage> stage =
        turn.earlierSpecs() ? CanaryStage.of(turn, service, slots) : Optional.empty();
    var versions = new Versions(turn.state(), service, stage);
    if (stage.isPresent()) {
      slots.forEach(
          (key, slot) -> {
            if (slot.tasks().stream().anyMatch(t -> versions.made(t) && !t.leaving())) {
              versions.tried.add(key);
            }
          });
    }
    return versions;
  }

  /// Whether a task is as the present spec wants it.
  boolean current(Task task) {
    return upToDate.test(task);
  }

  /// Whether a task was made from the very version that is the present one.
  boolean made(Task task) {
    return task.specVersion() == service.specVersion();
  }

  /// Whether a task is neither of the present version nor of the one to go back to: an update came
  /// before the one that made it was through.
  boolean abandoned(Task task) {
    return !made(task) && task.specVersion() != service.previousSpecVersion();
  }

  /// Whether the next attempt in a task's slot is made from what this one was made from, so that it
  /// counts as a repetition.
  boolean repeats(Task task) {
    return current(task) || like(task) != null;
  }

  /// Whether a task may stay on its node, as far as constraints go.
  boolean mayStay(Task task, Node node) {
    return upToDate.mayStay(task, node);
  }

  /// Whether two attempts are of one version.
  boolean alike(Task a, Task b) {
    return a.specVersion() == b.specVersion() || (current(a) && current(b));
  }

  /// What the successor of a task is made like; null for the present spec.
  @Nullable String like(Task before) {
    return held && !current(before) && possible(before) ? before.id() : null;
  }

  /// What the first task of a slot is made like, which may have had others; null for the present
  /// spec.
  @Nullable String like(@Nullable Slot slot) {
    if (!held) {
      return null;
    }
    Optional<Task> before = slot == null ? Optional.empty() : slot.newest();
    if (before.isPresent() && !(slot != null && current(before.get()) && triedElsewhere(slot))) {
      return like(before.get());
    }
    return state.tasksOfService(service.id()).stream()
        .filter(task -> !current(task) && possible(task))
        .min(PROVEN)
        .map(Task::id)
        .orElse(null);
  }

  /// Whether the first part of the update is others by now: a node that was away comes back, and
  /// its place in it was taken.
  private boolean triedElsewhere(Slot slot) {
    int others = tried.size() - (tried.contains(slot.key()) ? 1 : 0);
    return others >= first;
  }

  /// Whether a task can still be made like this one: what it is given may be gone, because only
  /// what the present spec names is kept.
  private boolean possible(Task task) {
    for (PayloadReference payload : task.spec().payloads()) {
      if (!state.payloads(payload.kind()).byId().containsKey(payload.id())) {
        return false;
      }
    }
    return task.spec().networkIds().stream().allMatch(state.networks().byId()::containsKey);
  }
}
