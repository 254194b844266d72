package swarm.scheduler.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;

/// Commands on the ingress network, refused in swarmkit's words, and what services need of it.
final class IngressCommands {
  private static final String FAILED = "rpc error: code = FailedPrecondition desc = ";

  private IngressCommands() {}

  static CommandResult create(StateBuilder s, Command.CreateIngress c) {
    Cluster cluster = s.cluster();
    if (cluster == null) {
      return new CommandResult.Refused("there is no cluster yet");
    }
    Ingress now = cluster.ingress();
    if (now.present()) {
      return new CommandResult.Conflict(
          "rpc error: code = AlreadyExists desc = ingress network ("
              + now.networkId()
              + ") is already present");
    }
    Network asked = c.network();
    if (s.networks().named(asked.name()) != null) {
      return new CommandResult.Conflict("network with name " + asked.name() + " already exists");
    }
    if (NetworkCommands.taken(s, asked)) {
      return new CommandResult.Conflict(NetworkCommands.TAKEN);
    }
    s.put(cluster.with(Ingress.of(asked, now.dataPathPort(), c.at())));
    return CommandApplier.DONE;
  }

  static CommandResult remove(StateBuilder s, Command.RemoveIngress c) {
    Cluster cluster = s.cluster();
    if (cluster == null
        || !cluster.ingress().present()
        || !cluster.ingress().networkId().equals(c.networkId())) {
      return new CommandResult.NotFound("network " + c.networkId() + " not found");
    }
    for (Service service : s.publishing()) {
      if (needs(service.spec())) {
        return new CommandResult.Refused(
            FAILED
                + "ingress network cannot be removed because service "
                + service.id()
                + " depends on it");
      }
    }
    for (String owner : s.ingressOwners()) {
      @Nullable Node node = s.node(owner);
      if (node != null) {
        s.put(node.withIngress(node.version().next(s.index(), c.at()), 0));
      }
      @Nullable Task task = s.task(owner); // of a service that is gone, or publishes nothing now
      if (task != null) {
        s.put(
            task.addressed(
                task.version().next(s.index(), c.at()), 0, task.networks(), task.status()));
      }
    }
    s.put(cluster.with(cluster.ingress().without()));
    return CommandApplier.DONE;
  }

  private static boolean needs(ServiceSpec spec) {
    return spec.ports().stream().anyMatch(PortConfig::ingress);
  }

  /// Why a spec cannot be taken: it publishes a port on the mesh, and there is none.
  static Optional<CommandResult> missing(StateBuilder s, ServiceSpec spec) {
    Cluster cluster = s.cluster();
    boolean present = cluster != null && cluster.ingress().present();
    return present || !needs(spec)
        ? Optional.empty()
        : Optional.of(
            new CommandResult.Refused(
                FAILED
                    + "service needs ingress network, but no ingress network is present; make one"
                    + " with 'network create --driver overlay --ingress NAME', or publish with"
                    + " mode=host"));
  }

  /// Whether an address can be given: it was chosen from an older view where there is another
  /// ingress network by now, or none. The first one gives any, as with managers that know no other.
  static boolean gives(StateBuilder s, int address) {
    Cluster cluster = s.cluster();
    return cluster == null
        || cluster.ingress().usual()
        || (cluster.ingress().present() && cluster.ingress().range().contains(address));
  }
}
