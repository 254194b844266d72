package swarm.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkAddress;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;

/// Commands on networks, refused in swarmkit's words, and what services and tasks need of networks.
public final class NetworkCommands {
  private static final String FAILED = "rpc error: code = FailedPrecondition desc = ";

  private NetworkCommands() {}

  static CommandResult create(StateBuilder s, Command.CreateNetwork c) {
    Cluster cluster = s.cluster();
    if (cluster == null) {
      return new CommandResult.Refused("there is no cluster yet");
    }
    Network asked = c.network();
    Networks known = s.networks();
    if (known.named(asked.name()) != null || reserved(cluster.ingress(), asked.name())) {
      return new CommandResult.Conflict("network with name " + asked.name() + " already exists");
    }
    if (taken(s, asked)) {
      return new CommandResult.Conflict(TAKEN);
    }
    s.put(
        new Network(
            asked.id(),
            new Version(s.index(), c.at(), c.at()),
            asked.spec(),
            asked.vni(),
            asked.subnet(),
            asked.prefix(),
            asked.gateway(),
            asked.rangeFirst(),
            asked.rangeSize(),
            asked.reserved()));
    return CommandApplier.DONE;
  }

  private static boolean reserved(Ingress ingress, String name) {
    return ingress.present() && name.equals(ingress.name());
  }

  /// Whether what a new network is to have is not free any more.
  static boolean taken(StateBuilder s, Network asked) {
    Cluster cluster = s.cluster();
    Networks known = s.networks();
    return known.find(asked.id()) != null
        || known.vnis().containsKey(asked.vni())
        || (cluster != null
            && (cluster.ingress().hasNumber(asked.vni())
                || cluster.ingress().taken().filter(asked.range()::overlaps).isPresent()))
        || (asked.spec().pools().isEmpty() && overlapsAny(known, asked));
  }

  /// Two proposers chose at once: who is told this looks again.
  public static final String TAKEN = "the number, subnet or address was given away meanwhile";

  private static boolean overlapsAny(Networks known, Network asked) {
    return known.byId().values().stream().anyMatch(other -> asked.range().overlaps(other.range()));
  }

  static CommandResult remove(StateBuilder s, Command.RemoveNetwork c) {
    Network network = s.networks().find(c.networkId());
    if (network == null) {
      return new CommandResult.NotFound("network " + c.networkId() + " not found");
    }
    List<String> services = s.networks().usersOf(network.id());
    if (!services.isEmpty()) {
      return new CommandResult.Refused(
          FAILED + "network " + network.id() + " is in use by service " + services.getFirst());
    }
    for (String owner : s.networks().ownersOn(network.id()).values()) {
      if (s.networks().attachments().containsKey(owner)) {
        return new CommandResult.Refused(
            FAILED + "network " + network.id() + " is in use by task " + owner);
      }
      Task task = s.task(owner);
      if (task != null && task.desired().compareTo(TaskState.RUNNING) <= 0) {
        return new CommandResult.Refused(
            FAILED + "network " + network.id() + " is in use by task " + task.id());
      }
    }
    s.removeNetwork(network);
    return CommandApplier.DONE;
  }

  static CommandResult attach(StateBuilder s, Command.AttachContainer c) {
    Attachment asked = c.attachment();
    Network network = s.networks().find(asked.networkId());
    if (network == null) {
      return new CommandResult.NotFound("network " + asked.networkId() + " not found");
    }
    if (!network.spec().joinable()) {
      return new CommandResult.Refused(
          "rpc error: code = PermissionDenied desc = network "
              + network.id()
              + " not manually attachable");
    }
    if (s.node(asked.nodeId()) == null) {
      return new CommandResult.NotFound("node " + asked.nodeId() + " not found");
    }
    if (s.networks().attachments().containsKey(asked.id())
        || !s.networks().isFree(asked.networkAddress())) {
      return new CommandResult.Conflict(TAKEN);
    }
    s.put(
        new Attachment(
            asked.id(),
            new Version(s.index(), c.at(), c.at()),
            network.id(),
            asked.nodeId(),
            asked.containerId(),
            asked.name(),
            asked.aliases(),
            asked.address()));
    return CommandApplier.DONE;
  }

  static CommandResult detach(StateBuilder s, Command.DetachContainers c) {
    for (String id : c.attachmentIds()) {
      Attachment attachment = s.networks().attachments().get(id);
      if (attachment != null && attachment.nodeId().equals(c.nodeId())) {
        s.removeAttachment(attachment);
      }
    }
    return CommandApplier.DONE;
  }

  static CommandResult setVirtualIps(StateBuilder s, Command.SetVirtualIps c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return new CommandResult.NotFound("service " + c.serviceId() + " not found");
    }
    var all = new ArrayList<>(service.virtualIpsOrNone());
    List<String> lacking = new ArrayList<>(service.lacksVirtualIp());
    for (NetworkAddress address : c.addresses()) {
      if (!lacking.remove(address.networkId()) || !s.networks().isFree(address)) {
        return new CommandResult.Conflict(
            "the service needs no address on network "
                + address.networkId()
                + " by now, or this one is taken");
      }
      all.add(address);
    }
    // the version stays, as with ports: a client that read the service before may still update it
    s.put(service.withVirtualIps(all.isEmpty() ? null : all));
    return CommandApplier.DONE;
  }

  /// The addresses of its own that a service keeps with a new spec; null for none.
  static @Nullable List<NetworkAddress> kept(List<NetworkAddress> held, ServiceSpec spec) {
    List<NetworkAddress> left =
        held.stream().filter(a -> spec.virtualIpNetworks().contains(a.networkId())).toList();
    return left.isEmpty() ? null : left;
  }

  /// Why a spec cannot be taken: it names a network that does not exist.
  static Optional<CommandResult> missing(StateBuilder s, ServiceSpec spec) {
    return spec.networkIds().stream()
        .filter(id -> s.networks().find(id) == null)
        .findFirst()
        .map(id -> new CommandResult.NotFound("network " + id + " not found"));
  }
}
