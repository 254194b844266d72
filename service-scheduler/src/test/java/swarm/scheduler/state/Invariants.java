package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.Task;

/// What holds of every state, whatever led to it.
public final class Invariants {
  private Invariants() {}

  /// Checks one state.
  public static void check(ClusterState state) {
    addresses(state);
    indexes(state);
    for (String left : state.revoked().keySet()) {
      Node node = state.nodes().get(left);
      if (node != null) {
        assertThat(node.status().state()).as("%s has left", left).isEqualTo(Node.State.DOWN);
        assertThat(node.manager()).as("%s has left", left).isNull();
      }
    }
    for (Task task : state.tasks().values()) {
      assertThat(task.endedAt() != null)
          .as("%s has an end exactly if it is over", task)
          .isEqualTo(task.status().state().terminal());
    }
  }

  /// Checks that nothing went back from one state to the next.
  public static void checkStep(ClusterState before, ClusterState after) {
    for (Task was : before.tasks().values()) {
      Task is = after.tasks().get(was.id());
      if (is == null) {
        assertThat(was.status().state().terminal()).as("forgotten: %s", was).isTrue();
        continue;
      }
      assertThat(is.status().state())
          .as("%s", was.id())
          .isGreaterThanOrEqualTo(was.status().state());
      assertThat(is.desired()).as("%s", was.id()).isGreaterThanOrEqualTo(was.desired());
      if (!was.nodeId().isEmpty()) {
        assertThat(is.nodeId()).as("a task never moves").isEqualTo(was.nodeId());
      }
    }
  }

  private static void addresses(ClusterState state) {
    var owners = new TreeMap<Integer, String>();
    for (Node node : state.nodes().values()) {
      own(owners, node.ingressAddress(), node.id());
    }
    for (Task task : state.tasks().values()) {
      if (!task.status().state().terminal()) {
        own(owners, task.ingressAddress(), task.id());
      }
    }
    assertThat(new TreeMap<>(state.ingressAddresses()))
        .as("the index of addresses says who has one, and none is leaked")
        .isEqualTo(owners);
  }

  private static void own(Map<Integer, String> owners, int address, String owner) {
    if (address != 0) {
      assertThat(owners.put(address, owner)).as("no address twice: %s", address).isNull();
    }
  }

  private static void indexes(ClusterState state) {
    var byService = new TreeMap<String, TreeSet<String>>();
    var byNode = new TreeMap<String, TreeSet<String>>();
    for (Task task : state.tasks().values()) {
      byService.computeIfAbsent(task.serviceId(), _ -> new TreeSet<>()).add(task.id());
      if (!task.nodeId().isEmpty()) {
        byNode.computeIfAbsent(task.nodeId(), _ -> new TreeSet<>()).add(task.id());
      }
    }
    assertThat(ids(state.tasksByService())).isEqualTo(byService);
    assertThat(ids(state.tasksByNode())).isEqualTo(byNode);
    for (Task task : state.tasks().values()) {
      assertThat(state.tasksByService().getOrDefault(task.serviceId(), TreePMap.empty()))
          .as("the index has the task as it is")
          .containsEntry(task.id(), task);
    }
    var names = new TreeMap<String, String>();
    var ports = new TreeSet<String>();
    for (Service service : state.services().values()) {
      assertThat(names.put(service.spec().nameOrEmpty(), service.id())).isNull();
      service.ports().stream()
          .filter(p -> p.ingress())
          .map(p -> p.protocolOrTcp() + "/" + p.publishedOrZero())
          .distinct()
          .forEach(p -> assertThat(ports.add(p)).as("no port twice: %s", p).isTrue());
    }
    assertThat(new TreeMap<>(state.serviceNames())).isEqualTo(names);
    assertThat(new TreeSet<>(state.globalServices().keySet()))
        .isEqualTo(services(state, s -> s.spec().global()));
    assertThat(new TreeSet<>(state.publishers().keySet()))
        .isEqualTo(services(state, s -> !s.ports().isEmpty() || !s.spec().ports().isEmpty()));
    var priorities = new TreeMap<String, Integer>();
    for (Service service : state.services().values()) {
      priorities.put(service.id(), ServiceAdditions.of(service.spec()).priority());
    }
    priorities.values().removeIf(priority -> priority == 0);
    assertThat(new TreeMap<>(state.priorities())).isEqualTo(priorities);
    loads(state);
    for (PayloadKind kind : PayloadKind.values()) {
      payloads(state, kind);
    }
    networks(state);
  }

  private static void networks(ClusterState state) {
    Networks all = state.networks();
    var names = new TreeMap<String, String>();
    var vnis = new TreeMap<Integer, String>();
    for (Network network : all.byId().values()) {
      assertThat(names.put(network.name(), network.id())).as("no name twice").isNull();
      assertThat(vnis.put(network.vni(), network.id())).as("no number twice").isNull();
    }
    assertThat(new TreeMap<>(all.names())).isEqualTo(names);
    assertThat(new TreeMap<>(all.vnis())).isEqualTo(vnis);
    var users = new TreeMap<String, Set<String>>();
    var owners = new TreeMap<String, Map<Integer, String>>();
    for (Service service : state.services().values()) {
      for (String network : service.spec().networkIds()) {
        users.computeIfAbsent(network, _ -> new TreeSet<>()).add(service.id());
        assertThat(all.find(network)).as("%s is there while it is used", network).isNotNull();
      }
      service.virtualIpsOrNone().forEach(each -> own(owners, each, service.id()));
    }
    for (Task task : state.tasks().values()) {
      if (!task.status().state().terminal()) {
        task.networksOrNone().forEach(each -> own(owners, each, task.id()));
      }
    }
    var byNode = new TreeMap<String, Set<String>>();
    for (Attachment each : all.attachments().values()) {
      own(owners, each.networkAddress(), each.id());
      byNode.computeIfAbsent(each.nodeId(), _ -> new TreeSet<>()).add(each.id());
      assertThat(state.nodes()).as("a node of %s", each).containsKey(each.nodeId());
      assertThat(all.find(each.networkId())).as("a network of %s", each).isNotNull();
    }
    assertThat(ids(all.byNode())).isEqualTo(byNode);
    assertThat(ids(all.users())).as("who is on which network").isEqualTo(users);
    var known = new TreeMap<String, Map<Integer, String>>();
    all.addresses().forEach((network, there) -> known.put(network, new TreeMap<>(there)));
    assertThat(known).as("who has which address, and none is leaked").isEqualTo(owners);
  }

  private static void own(
      Map<String, Map<Integer, String>> owners, NetworkAddress address, String owner) {
    own(
        owners.computeIfAbsent(address.networkId(), _ -> new TreeMap<>()),
        address.address(),
        owner);
  }

  private static void payloads(ClusterState state, PayloadKind kind) {
    Payloads all = state.payloads(kind);
    var names = new TreeMap<String, String>();
    for (Payload payload : all.byId().values()) {
      assertThat(names.put(payload.spec().nameOrEmpty(), payload.id()))
          .as("no name twice")
          .isNull();
    }
    assertThat(new TreeMap<>(all.names())).isEqualTo(names);
    var users = new TreeMap<String, Set<String>>();
    for (Service service : state.services().values()) {
      for (PayloadReference each : service.spec().template().payloads()) {
        if (each.kind() == kind) {
          users.computeIfAbsent(each.id(), _ -> new TreeSet<>()).add(service.id());
          assertThat(all.find(each.id()))
              .as("%s of %s is there while it is used", each, service.id())
              .isNotNull();
        }
      }
    }
    assertThat(ids(all.users())).as("who uses which %s", kind).isEqualTo(users);
  }

  private static Set<String> services(ClusterState state, Predicate<Service> which) {
    return state.services().values().stream()
        .filter(which)
        .map(Service::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void loads(ClusterState state) {
    var counted = new TreeMap<String, NodeLoad>();
    for (Task task : state.tasks().values()) {
      if (NodeLoad.held(task)) {
        counted.merge(task.nodeId(), NodeLoad.NONE.plus(task), (known, _) -> known.plus(task));
      }
    }
    counted.values().removeIf(NodeLoad.NONE::equals);
    assertThat(new TreeMap<>(state.loads())).as("what tasks take of nodes").isEqualTo(counted);
  }

  private static Map<String, Set<String>> ids(Map<String, ? extends Map<String, ?>> index) {
    var all = new TreeMap<String, Set<String>>();
    index.forEach((key, ids) -> all.put(key, new TreeSet<>(ids.keySet())));
    return all;
  }
}
