package swarm.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;

/// The networks that users made for the whole cluster, which services are on them, and who has
/// which address there. Immutable and persistent.
///
/// @param byId by id
/// @param names name to id
/// @param vnis number of the VXLAN to id
/// @param lastVni the number given last, 0 before the first: the search goes on from there, as
///   hosts may still have the VXLAN of a network that was removed
/// @param users id to the ids of the services whose present spec names it
/// @param addresses id to address to the id of the task, service or attachment that has it; a
///   network without any has no entry. One that was removed may have some left
/// @param cursors id to the address given last
/// @param attachments containers that are no tasks, by the ids of their places
/// @param byNode node to the ids of its containers' places
public record Networks(
    TreePMap<String, Network> byId,
    TreePMap<String, String> names,
    TreePMap<Integer, String> vnis,
    int lastVni,
    TreePMap<String, TreePMap<String, Boolean>> users,
    TreePMap<String, TreePMap<Integer, String>> addresses,
    TreePMap<String, Integer> cursors,
    TreePMap<String, Attachment> attachments,
    TreePMap<String, TreePMap<String, Boolean>> byNode) {

  static final Networks NONE =
      new Networks(
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          0,
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty(),
          TreePMap.empty());

  /// One of them; null where there is none.
  public @Nullable Network find(String id) {
    return byId.get(id);
  }

  /// The one of a name; null where there is none.
  public @Nullable Network named(String name) {
    String id = names.get(name);
    return id == null ? null : byId.get(id);
  }

  /// The ids of the services that are on it, sorted.
  public List<String> usersOf(String id) {
    return List.copyOf(users.getOrDefault(id, TreePMap.empty()).keySet());
  }

  /// Who has which address on it.
  public TreePMap<Integer, String> ownersOn(String id) {
    return addresses.getOrDefault(id, TreePMap.empty());
  }

  /// Whether nobody has an address that somebody may have.
  public boolean isFree(NetworkAddress address) {
    Network network = find(address.networkId());
    return network != null
        && network.gives(address.address())
        && !ownersOn(network.id()).containsKey(address.address());
  }

  /// The address on it that was given last; 0 where none was.
  public int cursor(String id) {
    return cursors.getOrDefault(id, 0);
  }

  /// What a service has; a null one nothing.
  static List<NetworkAddress> heldBy(@Nullable Service service) {
    return service == null ? List.of() : service.virtualIpsOrNone();
  }

  /// What a task has: one that is over has left its networks.
  static List<NetworkAddress> heldBy(@Nullable Task task) {
    return task == null || task.status().state().terminal() ? List.of() : task.networksOrNone();
  }

  Networks plus(Network next) {
    return new Networks(
        byId.plus(next.id(), next),
        names.plus(next.name(), next.id()),
        vnis.plus(next.vni(), next.id()),
        next.vni(),
        users,
        addresses,
        cursors,
        attachments,
        byNode);
  }

  /// Without one; who still has an address on it keeps that until it has ended.
  Networks minus(Network gone) {
    return new Networks(
        byId.minus(gone.id()),
        names.minus(gone.name()),
        vnis.minus(gone.vni()),
        lastVni,
        users,
        addresses,
        cursors.minus(gone.id()),
        attachments,
        byNode);
  }

  /// With what was given last, as a snapshot has it.
  Networks at(int vni, TreePMap<String, Integer> last) {
    return new Networks(byId, names, vnis, vni, users, addresses, last, attachments, byNode);
  }

  /// With a service's new spec: null where it has none (any more).
  Networks used(String serviceId, @Nullable Service before, @Nullable Service after) {
    List<String> was = before == null ? List.of() : before.spec().networkIds();
    List<String> is = after == null ? List.of() : after.spec().networkIds();
    if (was.equals(is)) {
      return this;
    }
    TreePMap<String, TreePMap<String, Boolean>> next = users;
    for (String id : was) {
      next = is.contains(id) ? next : Index.leave(next, id, serviceId);
    }
    for (String id : is) {
      next = was.contains(id) ? next : Index.enter(next, id, serviceId);
    }
    return new Networks(byId, names, vnis, lastVni, next, addresses, cursors, attachments, byNode);
  }

  /// The places of a node's containers that are no tasks, in the order of their ids.
  public List<Attachment> attachmentsOn(String nodeId) {
    var all = new ArrayList<Attachment>();
    for (String id : byNode.getOrDefault(nodeId, TreePMap.empty()).keySet()) {
      Attachment each = attachments.get(id);
      if (each == null) {
        throw new IllegalStateException("attachment " + id + " is indexed but does not exist");
      }
      all.add(each);
    }
    return all;
  }

  /// With a container's place.
  Networks plus(Attachment next) {
    return new Networks(
            byId,
            names,
            vnis,
            lastVni,
            users,
            addresses,
            cursors,
            attachments.plus(next.id(), next),
            Index.enter(byNode, next.nodeId(), next.id()))
        .moved(next.id(), List.of(), List.of(next.networkAddress()));
  }

  /// Without a container's place.
  Networks minus(Attachment gone) {
    return new Networks(
            byId,
            names,
            vnis,
            lastVni,
            users,
            addresses,
            cursors,
            attachments.minus(gone.id()),
            Index.leave(byNode, gone.nodeId(), gone.id()))
        .moved(gone.id(), List.of(gone.networkAddress()), List.of());
  }

  /// With what a task or service has now, instead of what it had.
  Networks moved(String owner, List<NetworkAddress> was, List<NetworkAddress> is) {
    if (was.equals(is)) {
      return this;
    }
    TreePMap<String, TreePMap<Integer, String>> next = addresses;
    TreePMap<String, Integer> last = cursors;
    for (NetworkAddress each : was) {
      TreePMap<Integer, String> there = next.get(each.networkId());
      if (there == null) {
        throw new IllegalStateException(owner + " is missing among the addresses of " + each);
      }
      if (!is.contains(each)) {
        TreePMap<Integer, String> rest = there.minus(each.address());
        next = rest.isEmpty() ? next.minus(each.networkId()) : next.plus(each.networkId(), rest);
      }
    }
    for (NetworkAddress each : is) {
      if (!was.contains(each)) {
        TreePMap<Integer, String> there =
            next.getOrDefault(each.networkId(), TreePMap.<Integer, String>empty());
        next = next.plus(each.networkId(), there.plus(each.address(), owner));
        last = last.plus(each.networkId(), each.address());
      }
    }
    return new Networks(byId, names, vnis, lastVni, users, next, last, attachments, byNode);
  }
}
