package swarm.scheduler.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;

/// Collects one command's changes on top of a state and keeps every index in step with them.
/// Confined to the thread that applies.
final class StateBuilder {
  private final long index;
  private final List<Change> changes = new ArrayList<>();
  private @Nullable Cluster cluster;
  private TreePMap<String, Node> nodes;
  private TreePMap<String, Service> services;
  private TreePMap<String, String> serviceNames;
  private TreePMap<String, Task> tasks;
  private TreePMap<String, TreePMap<String, Task>> tasksByService;
  private TreePMap<String, TreePMap<String, Boolean>> tasksByNode;
  private TreePMap<String, Boolean> globalServices;
  private TreePMap<String, Boolean> publishers;
  private TreePMap<String, Integer> priorities;
  private TreePMap<String, NodeLoad> loads;
  private TreePMap<Integer, String> ingressAddresses;
  private int ingressCursor;
  private TreePMap<String, Instant> revoked;
  private Payloads secrets;
  private Payloads configs;
  private Networks networks;

  /// The task that was looked for last, and what was found: who changes it has looked for it.
  private @Nullable String soughtTask;

  private @Nullable Task found;

  /// The service whose tasks changed last. They are entered into the index once another's change: a
  /// plan has hundreds of commands about the tasks of one service.
  private @Nullable String openService;

  private TreePMap<String, Task> openTasks = TreePMap.empty();

  StateBuilder(ClusterState base, long index) {
    this.index = index;
    this.cluster = base.cluster();
    this.nodes = base.nodes();
    this.services = base.services();
    this.serviceNames = base.serviceNames();
    this.tasks = base.tasks();
    this.tasksByService = base.tasksByService();
    this.tasksByNode = base.tasksByNode();
    this.globalServices = base.globalServices();
    this.publishers = base.publishers();
    this.priorities = base.priorities();
    this.loads = base.loads();
    this.ingressAddresses = base.ingressAddresses();
    this.ingressCursor = base.ingressCursor();
    this.revoked = base.revoked();
    this.secrets = base.secrets();
    this.configs = base.configs();
    this.networks = base.networks();
  }

  long index() {
    return index;
  }

  List<Change> changes() {
    return changes;
  }

  ClusterState build() {
    open(null);
    return new ClusterState(
        index,
        cluster,
        nodes,
        services,
        serviceNames,
        tasks,
        tasksByService,
        tasksByNode,
        globalServices,
        publishers,
        priorities,
        loads,
        ingressAddresses,
        ingressCursor,
        revoked,
        secrets,
        configs,
        networks);
  }

  /// As [#build], with the cursor that the snapshot had: putting objects one by one moved it.
  ClusterState buildAt(int cursor) {
    ingressCursor = cursor;
    return build();
  }

  @Nullable Cluster cluster() {
    return cluster;
  }

  @Nullable Node node(String id) {
    return nodes.get(id);
  }

  Iterable<Node> allNodes() {
    return nodes.values();
  }

  @Nullable Service service(String id) {
    return services.get(id);
  }

  /// The services that publish a port, or ask for one.
  List<Service> publishing() {
    return ClusterState.indexed(publishers, services);
  }

  @Nullable String serviceNamed(String name) {
    return serviceNames.get(name);
  }

  @Nullable Task task(String id) {
    if (!id.equals(soughtTask)) {
      found = tasks.get(id);
      soughtTask = id;
    }
    return found;
  }

  @Nullable String ingressOwner(int address) {
    return ingressAddresses.get(address);
  }

  /// The nodes and tasks that have an address on the ingress network, by address.
  List<String> ingressOwners() {
    return List.copyOf(ingressAddresses.values());
  }

  List<Task> tasksOfService(String serviceId) {
    open(serviceId);
    return new ArrayList<>(openTasks.values());
  }

  List<Task> tasksOnNode(String nodeId) {
    return tasksIn(tasksByNode.get(nodeId));
  }

  private List<Task> tasksIn(@Nullable TreePMap<String, Boolean> ids) {
    var found = new ArrayList<Task>();
    if (ids != null) {
      for (String id : ids.keySet()) {
        Task task = tasks.get(id);
        if (task == null) {
          throw new IllegalStateException("task " + id + " is indexed but does not exist");
        }
        found.add(task);
      }
    }
    return found;
  }

  void put(Cluster next) {
    changes.add(new Change.OfCluster(cluster, next));
    cluster = next;
  }

  void put(Node next) {
    Node before = nodes.get(next.id());
    changes.add(new Change.OfNode(before, next));
    nodes = nodes.plus(next.id(), next);
    moveAddress(next.id(), before == null ? 0 : before.ingressAddress(), next.ingressAddress());
  }

  void removeNode(Node gone) {
    changes.add(new Change.OfNode(gone, null));
    nodes = nodes.minus(gone.id());
    networks.attachmentsOn(gone.id()).forEach(this::removeAttachment);
    moveAddress(gone.id(), gone.ingressAddress(), 0);
  }

  /// Whether the node's certificates count no more.
  boolean revoked(String nodeId) {
    return revoked.containsKey(nodeId);
  }

  /// A node's certificates count no more. Those of others that have expired by now are forgotten,
  /// but for nodes that are still named: with an expired one they could ask for another.
  void revoke(String nodeId, Instant until, Instant now) {
    for (var old : revoked.entrySet()) {
      if (old.getValue().isBefore(now) && !nodes.containsKey(old.getKey())) {
        revoked = revoked.minus(old.getKey());
      }
    }
    revoked = revoked.plus(nodeId, until);
  }

  /// As a snapshot has it.
  void putRevoked(String nodeId, Instant until) {
    revoked = revoked.plus(nodeId, until);
  }

  void put(Service next) {
    Service before = services.get(next.id());
    changes.add(new Change.OfService(before, next));
    services = services.plus(next.id(), next);
    if (before != null && !before.spec().nameOrEmpty().equals(next.spec().nameOrEmpty())) {
      serviceNames = serviceNames.minus(before.spec().nameOrEmpty());
    }
    serviceNames = serviceNames.plus(next.spec().nameOrEmpty(), next.id());
    globalServices = member(globalServices, next.id(), next.spec().global());
    publishers =
        member(publishers, next.id(), !next.ports().isEmpty() || !next.spec().ports().isEmpty());
    int priority = ServiceAdditions.of(next.spec()).priority();
    priorities = priority == 0 ? priorities.minus(next.id()) : priorities.plus(next.id(), priority);
    moveUses(next.id(), before, next);
  }

  /// Keeps who uses which secret and config in step with a service.
  private void moveUses(String id, @Nullable Service before, @Nullable Service after) {
    secrets = secrets.used(PayloadKind.SECRET, id, before, after);
    configs = configs.used(PayloadKind.CONFIG, id, before, after);
    networks =
        networks.used(id, before, after).moved(id, Networks.heldBy(before), Networks.heldBy(after));
  }

  Networks networks() {
    return networks;
  }

  void put(Network next) {
    changes.add(new Change.OfNetwork(networks.find(next.id()), next));
    networks = networks.plus(next);
  }

  void removeNetwork(Network gone) {
    changes.add(new Change.OfNetwork(gone, null));
    networks = networks.minus(gone);
  }

  void put(Attachment next) {
    changes.add(new Change.OfAttachment(null, next));
    networks = networks.plus(next);
  }

  void removeAttachment(Attachment gone) {
    changes.add(new Change.OfAttachment(gone, null));
    networks = networks.minus(gone);
  }

  /// As a snapshot has them.
  void putCursors(int lastVni, TreePMap<String, Integer> cursors) {
    networks = networks.at(lastVni, cursors);
  }

  Payloads payloads(PayloadKind kind) {
    return switch (kind) {
      case SECRET -> secrets;
      case CONFIG -> configs;
    };
  }

  void put(Payload next) {
    changes.add(new Change.OfPayload(payloads(next.kind()).find(next.id()), next));
    keep(next.kind(), payloads(next.kind()).plus(next));
  }

  void removePayload(Payload gone) {
    changes.add(new Change.OfPayload(gone, null));
    keep(gone.kind(), payloads(gone.kind()).minus(gone));
  }

  private void keep(PayloadKind kind, Payloads next) {
    switch (kind) {
      case SECRET -> secrets = next;
      case CONFIG -> configs = next;
    }
  }

  private static TreePMap<String, Boolean> member(
      TreePMap<String, Boolean> set, String id, boolean in) {
    if (set.containsKey(id) == in) {
      return set;
    }
    return in ? set.plus(id, true) : set.minus(id);
  }

  void removeService(Service gone) {
    changes.add(new Change.OfService(gone, null));
    services = services.minus(gone.id());
    serviceNames = serviceNames.minus(gone.spec().nameOrEmpty());
    globalServices = globalServices.minus(gone.id());
    publishers = publishers.minus(gone.id());
    priorities = priorities.minus(gone.id());
    moveUses(gone.id(), gone, null);
  }

  void put(Task next) {
    Task before = task(next.id());
    changes.add(new Change.OfTask(before, next));
    tasks = tasks.plus(next.id(), next);
    found = next;
    open(next.serviceId());
    openTasks = openTasks.plus(next.id(), next);
    String oldNode = before == null ? "" : before.nodeId();
    if (!oldNode.equals(next.nodeId())) {
      if (!oldNode.isEmpty()) {
        tasksByNode = Index.leave(tasksByNode, oldNode, next.id());
      }
      tasksByNode = Index.enter(tasksByNode, next.nodeId(), next.id());
    }
    moveLoad(before, next);
    // An address is free again as soon as the task is over: its container has left the network by
    // then.
    int oldAddress =
        before == null || before.status().state().terminal() ? 0 : before.ingressAddress();
    int newAddress = next.status().state().terminal() ? 0 : next.ingressAddress();
    moveAddress(next.id(), oldAddress, newAddress);
    networks = networks.moved(next.id(), Networks.heldBy(before), Networks.heldBy(next));
  }

  void removeTask(Task gone) {
    changes.add(new Change.OfTask(gone, null));
    tasks = tasks.minus(gone.id());
    soughtTask = null;
    found = null;
    open(gone.serviceId());
    openTasks = openTasks.minus(gone.id());
    if (!gone.nodeId().isEmpty()) {
      tasksByNode = Index.leave(tasksByNode, gone.nodeId(), gone.id());
    }
    moveLoad(gone, null);
    networks = networks.moved(gone.id(), Networks.heldBy(gone), List.of());
    if (!gone.status().state().terminal()) {
      moveAddress(gone.id(), gone.ingressAddress(), 0);
    }
  }

  /// Goes on with the tasks of this service; those of the one before are entered into the index.
  private void open(@Nullable String serviceId) {
    if (Objects.equals(serviceId, openService)) {
      return;
    }
    if (openService != null) {
      tasksByService =
          openTasks.isEmpty()
              ? tasksByService.minus(openService)
              : tasksByService.plus(openService, openTasks);
    }
    openService = serviceId;
    openTasks =
        serviceId == null
            ? TreePMap.empty()
            : tasksByService.getOrDefault(serviceId, TreePMap.empty());
  }

  private void moveLoad(@Nullable Task before, @Nullable Task after) {
    @Nullable Task held = before != null && NodeLoad.held(before) ? before : null;
    @Nullable Task holds = after != null && NodeLoad.held(after) ? after : null;
    if (held != null && holds != null && held.leaving() == holds.leaving()) {
      return; // a task stays where it was placed, with the spec that it was made from
    }
    if (held != null) {
      putLoad(held.nodeId(), load(held.nodeId()).minus(held));
    }
    if (holds != null) {
      putLoad(holds.nodeId(), load(holds.nodeId()).plus(holds));
    }
  }

  private NodeLoad load(String nodeId) {
    return loads.getOrDefault(nodeId, NodeLoad.NONE);
  }

  private void putLoad(String nodeId, NodeLoad load) {
    loads = load.equals(NodeLoad.NONE) ? loads.minus(nodeId) : loads.plus(nodeId, load);
  }

  private void moveAddress(String owner, int from, int to) {
    if (from == to) {
      return;
    }
    if (from != 0) {
      ingressAddresses = ingressAddresses.minus(from);
    }
    if (to != 0) {
      ingressAddresses = ingressAddresses.plus(to, owner);
      ingressCursor = to;
    }
  }
}
