package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.node.api.check.ClusterNetworkShape;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.PruneFilter;
import swarm.node.control.Manager;
import swarm.node.control.NetworkRefusedException;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.NetworkCommands;

/// What `/networks...` does with networks of the whole cluster.
final class ClusterNetworkRoutes {
  /// How often a number and subnet are looked for: others may make networks at the same time.
  private static final int ATTEMPTS = 10;

  private final Daemon daemon;

  ClusterNetworkRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void create(Call call, JsonNode body) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    NetworkSpec spec = ClusterNetworkShape.read(body);
    if (daemon.networks().all().stream().anyMatch(each -> each.name().equals(spec.name()))) {
      throw new ApiException(409, "network with name " + spec.name() + " already exists");
    }
    String id = manager.ids().next();
    for (int attempt = 1; ; attempt++) {
      ClusterState state = ClusterAccess.fresh(daemon, manager, call);
      try {
        Network network = manager.planNetwork(state, id, spec);
        Instant now = manager.clock().instant();
        ClusterAccess.propose(
            daemon,
            manager,
            body.path("Ingress").asBoolean()
                ? new Command.CreateIngress(network, now)
                : new Command.CreateNetwork(network, now));
        call.respond(201, Wire.JSON.createObjectNode().put("Id", id).put("Warning", ""));
        return;
      } catch (NetworkRefusedException e) {
        throw ApiException.bad("rpc error: code = FailedPrecondition desc = " + e.getMessage());
      } catch (ApiException e) {
        if (attempt == ATTEMPTS || !NetworkCommands.TAKEN.equals(e.getMessage())) {
          throw e;
        }
      }
    }
  }

  void remove(String id) throws ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterAccess.propose(daemon, manager, new Command.RemoveNetwork(id));
  }

  void removeIngress(String id) throws ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    ClusterAccess.propose(
        daemon, manager, new Command.RemoveIngress(id, manager.clock().instant()));
  }

  /// Removes those that nobody is on; nothing where this node is no manager, as with Docker.
  ///
  /// @return their names
  List<String> prune(PruneFilter filter) throws ApiException, InterruptedException {
    Optional<Manager> manager = daemon.membership().active().flatMap(a -> a.manager());
    if (manager.isEmpty()) {
      return List.of();
    }
    var removed = new ArrayList<String>();
    for (Network network : manager.get().store().state().networks().byId().values()) {
      if (filter.passes(network.version().createdAt(), network.spec().labelsOrEmpty())) {
        try {
          remove(network.id());
          removed.add(network.name());
        } catch (ApiException e) {
          if (e.status() != 400 && e.status() != 404) {
            throw e; // else somebody is on it, or it has just gone
          }
        }
      }
    }
    return removed;
  }
}
