package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.NodeLoad;
import swarm.scheduler.state.ReservedPorts;

/// What one node has left within one turn, changed as tasks are placed on it. Ports and generic
/// resources are only counted once a task asks for some. Mutable; confined to one turn.
final class Seat {
  final Node node;

  /// Its number among the turn's nodes, in the order of their ids.
  final int index;

  private final ClusterState state;
  private final NodeLoad load;
  private int tasks;

  /// Taken by the tasks that were placed in this turn.
  private long nanoCpus;

  private long memory;
  private @Nullable Ports ports;

  /// What is left of each kind; null until asked for.
  private @Nullable Map<String, Left> generic;

  Seat(ClusterState state, Node node, int index, NodeLoad load) {
    this.state = state;
    this.node = node;
    this.index = index;
    this.load = load;
    this.tasks = load.tasks();
  }

  /// Tasks that are to run here.
  int tasks() {
    return tasks;
  }

  /// May be below zero, where a node that is started again has less than before.
  long freeNanoCpus() {
    return node.description().nanoCpus() - load.nanoCpus() - nanoCpus;
  }

  long freeMemory() {
    return node.description().memoryBytes() - load.memoryBytes() - memory;
  }

  /// How many of a kind are left; -1 where the node has none of it at all.
  long free(String kind) {
    Left left = left().get(kind);
    return left == null ? -1 : left.amount;
  }

  /// A task that was placed before this turn gives way. Its ports and generic resources stay its
  /// own until it has stopped.
  void leaves(Demand demand) {
    tasks--;
    nanoCpus -= demand.nanoCpus();
    memory -= demand.memory();
  }

  /// Sets aside what a task asks for.
  ///
  /// @return what it gets of the generic resources; null for nothing
  @Nullable List<GenericResource> place(Task task, Demand demand) {
    tasks++;
    nanoCpus += demand.nanoCpus();
    memory += demand.memory();
    if (demand.publishes()) {
      ports().hold(task);
    }
    if (demand.generic().isEmpty()) {
      return null;
    }
    var got = new ArrayList<GenericResource>();
    demand.generic().forEach((kind, amount) -> claim(kind, amount, got));
    return got.isEmpty() ? null : got;
  }

  private void claim(String kind, long amount, List<GenericResource> got) {
    Left left = left().get(kind);
    if (left == null || amount <= 0) {
      return;
    }
    left.amount -= amount;
    if (left.names.isEmpty()) {
      got.add(GenericResource.discrete(kind, amount));
    } else {
      List<String> first = left.names.subList(0, (int) amount);
      first.forEach(name -> got.add(GenericResource.named(kind, name)));
      first.clear();
    }
  }

  /// A port of a task that is not free here, and will not be before the task starts; null where all
  /// are.
  @Nullable PortConfig takenPort(Task task) {
    return ports().taken(task);
  }

  private Ports ports() {
    Ports known = ports;
    if (known == null) {
      known = new Ports();
      for (String holder : load.portHolders().keySet()) {
        state.task(holder).ifPresent(known::hold);
      }
      ports = known;
    }
    return known;
  }

  private Map<String, Left> left() {
    Map<String, Left> known = generic;
    if (known == null) {
      known = new HashMap<>();
      for (GenericResource each : node.description().genericOrNone()) {
        Map<String, Long> taken = load.generic().get(each.kind());
        Left left = known.computeIfAbsent(each.kind(), _ -> new Left());
        boolean free = taken == null || !taken.containsKey(each.name());
        if (each.name().isEmpty()) {
          left.amount += each.amount() - (taken == null ? 0 : taken.getOrDefault("", 0L));
        } else if (free) {
          left.amount++;
          left.names.add(each.name());
        }
      }
      generic = known;
    }
    return known;
  }

  /// What is left of one kind.
  private static final class Left {
    long amount;

    /// The things that nobody has, where they have names.
    final List<String> names = new ArrayList<>();
  }

  /// The host's ports.
  private static final class Ports {
    /// Of tasks that are to run here.
    private final Set<String> held = new HashSet<>();

    /// Those that a task holds until it has stopped, with that task's slot.
    private final Map<String, String> leaving = new HashMap<>();

    void hold(Task task) {
      for (PortConfig port : task.hostPorts()) {
        if (port.publishedOrZero() == 0) {
          continue;
        }
        if (task.leaving()) {
          leaving.put(ReservedPorts.key(port), slot(task));
        } else {
          held.add(ReservedPorts.key(port));
        }
      }
    }

    /// One that only waits for its predecessor in the slot to stop may be prepared where that one
    /// is.
    @Nullable PortConfig taken(Task task) {
      for (PortConfig port : task.hostPorts()) {
        if (port.publishedOrZero() == 0) {
          continue;
        }
        String key = ReservedPorts.key(port);
        boolean own = task.desired() == TaskState.READY && slot(task).equals(leaving.get(key));
        if (held.contains(key) || (leaving.containsKey(key) && !own)) {
          return port;
        }
      }
      return null;
    }

    private static String slot(Task task) {
      return task.serviceId() + "/" + task.slot();
    }
  }
}
