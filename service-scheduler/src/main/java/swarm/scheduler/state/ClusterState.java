package swarm.scheduler.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;

/// The whole replicated state at one index: immutable and persistent (a change shares all that did
/// not change), so that readers, planners and snapshots keep theirs while commands go on being
/// applied. All maps are sorted: planners walk them in the same order on every machine.
///
/// @param index Raft index of the last command applied
/// @param serviceNames name to id
/// @param tasksByService service id to its tasks by their ids (not the ids alone: a turn looks at
///   all tasks of a service several times, and to find each among all tasks was half of its time);
///   a service that is gone keeps its entry until its tasks are gone
/// @param tasksByNode node id to the ids of the tasks placed on it
/// @param globalServices ids of the global services, which every change of a node concerns
/// @param publishers ids of the services that publish a port, or ask for one
/// @param priorities service id to its priority, of those that have another than 0
/// @param loads node id to what the tasks placed on it take; nodes without tasks have no entry
/// @param ingressAddresses address to the id of the node or task that has it
/// @param ingressCursor the address allocated last: the search goes on from there, so that none is
///   used again at once
/// @param revoked ids of nodes that left or were removed, each with when the last of its
///   certificates will have expired: until then their calls are denied
/// @param secrets what tasks are given as files, of the one kind
/// @param configs and of the other
/// @param networks those that users made
public record ClusterState(
    long index,
    @Nullable Cluster cluster,
    TreePMap<String, Node> nodes,
    TreePMap<String, Service> services,
    TreePMap<String, String> serviceNames,
    TreePMap<String, Task> tasks,
    TreePMap<String, TreePMap<String, Task>> tasksByService,
    TreePMap<String, TreePMap<String, Boolean>> tasksByNode,
    TreePMap<String, Boolean> globalServices,
    TreePMap<String, Boolean> publishers,
    TreePMap<String, Integer> priorities,
    TreePMap<String, NodeLoad> loads,
    TreePMap<Integer, String> ingressAddresses,
    int ingressCursor,
    TreePMap<String, Instant> revoked,
    Payloads secrets,
    Payloads configs,
    Networks networks) {

  /// The state before the first command.
  public static final ClusterState EMPTY =
      new ClusterState(
          0,
          null,
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          0,
          TreePMap.empty(),
          Payloads.NONE,
          Payloads.NONE,
          Networks.NONE);

  public Optional<Node> node(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  public Optional<Service> service(String id) {
    return Optional.ofNullable(services.get(id));
  }

  /// The secrets, or the configs.
  public Payloads payloads(PayloadKind kind) {
    return switch (kind) {
      case SECRET -> secrets;
      case CONFIG -> configs;
    };
  }

  /// The services that publish a port, or ask for one, in the order of their ids.
  public List<Service> publishing() {
    return indexed(publishers, services);
  }

  /// The services that an index names.
  ///
  /// @throws IllegalStateException where one of them is not there: state and index have parted
  static List<Service> indexed(TreePMap<String, Boolean> index, Map<String, Service> services) {
    var found = new ArrayList<Service>(index.size());
    for (String id : index.keySet()) {
      Service service = services.get(id);
      if (service == null) {
        throw new IllegalStateException("service " + id + " is indexed but does not exist");
      }
      found.add(service);
    }
    return found;
  }

  /// A service's priority.
  public int priority(String serviceId) {
    return priorities.getOrDefault(serviceId, 0);
  }

  /// What the tasks placed on a node take of it.
  public NodeLoad load(String nodeId) {
    return loads.getOrDefault(nodeId, NodeLoad.NONE);
  }

  public Optional<Task> task(String id) {
    return Optional.ofNullable(tasks.get(id));
  }

  /// The tasks of a service, in the order of their ids.
  public List<Task> tasksOfService(String serviceId) {
    TreePMap<String, Task> known = tasksByService.get(serviceId);
    return known == null ? List.of() : new ArrayList<>(known.values());
  }

  /// The tasks placed on a node, in the order of their ids.
  public List<Task> tasksOnNode(String nodeId) {
    return resolve(tasksByNode.get(nodeId));
  }

  private List<Task> resolve(@Nullable TreePMap<String, Boolean> ids) {
    if (ids == null) {
      return List.of();
    }
    Collection<String> keys = ids.keySet();
    var found = new ArrayList<Task>(keys.size());
    for (String id : keys) {
      Task task = tasks.get(id);
      if (task == null) {
        throw new IllegalStateException("task " + id + " is indexed but does not exist");
      }
      found.add(task);
    }
    return found;
  }
}
