package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ClusterFilters;
import swarm.node.api.view.SwarmViews;
import swarm.node.control.Manager;
import swarm.node.control.Quorum;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// `/nodes...`.
final class NodeRoutes {
  private final Daemon daemon;

  NodeRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/nodes", this::list);
    router.add("GET", "/nodes/{id}", this::inspect);
    router.add("POST", "/nodes/{id}/update", this::update);
    router.add("DELETE", "/nodes/{id}", this::remove);
  }

  private void list(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Predicate<Node> filter = ClusterFilters.nodes(call.filters());
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    ArrayNode all = Wire.JSON.createArrayNode();
    for (Node node : state.nodes().values()) {
      if (filter.test(node)) {
        all.add(view(manager, node));
      }
    }
    call.respond(200, all);
  }

  /// A manager that cannot write cannot have it written down, where no other leads: of itself it
  /// says so all the same.
  private ObjectNode view(Manager manager, Node node) {
    ObjectNode view = SwarmViews.node(node, manager.leadership());
    boolean own =
        daemon
            .membership()
            .active()
            .map(active -> active.identity().self().nodeId().equals(node.id()))
            .orElse(false);
    if (own) {
      manager.impaired().ifPresent(why -> view.withObject("/Status").put("Message", why));
    }
    return view;
  }

  /// A node by id, beginning of an id, name or host name.
  static Node find(ClusterState state, String wanted) throws ApiException {
    Node exact = state.nodes().get(wanted);
    if (exact != null) {
      return exact;
    }
    List<Node> found =
        state.nodes().values().stream()
            .filter(
                n -> wanted.equals(n.spec().name()) || wanted.equals(n.description().hostname()))
            .toList();
    if (found.isEmpty()) {
      found = state.nodes().values().stream().filter(n -> n.id().startsWith(wanted)).toList();
    }
    if (found.size() > 1) {
      throw ApiException.bad(
          "node " + wanted + " is ambiguous (" + found.size() + " matches found)");
    }
    if (found.isEmpty()) {
      throw ApiException.missing("node " + wanted + " not found");
    }
    return found.getFirst();
  }

  private void inspect(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    String wanted = call.path("id");
    ClusterState state = ClusterAccess.fresh(daemon, manager, call);
    if (wanted.equals("self")) {
      wanted = daemon.membership().active().orElseThrow().identity().self().nodeId();
    }
    call.respond(200, view(manager, find(state, wanted)));
  }

  private void update(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    NodeSpec spec = call.json(NodeSpec.class);
    Node node = find(ClusterAccess.fresh(daemon, manager, call), call.path("id"));
    String availability = spec.availability() == null ? "active" : spec.availability();
    if (!NodeSpec.AVAILABILITIES.contains(availability)) {
      throw ApiException.bad(NodeSpec.availabilityWords(availability));
    }
    String role = spec.role() == null ? "" : spec.role();
    if (!Set.of("manager", "worker").contains(role)) {
      throw ApiException.bad("role must be manager or worker, not '" + role + "'");
    }
    if (role.equals("worker") && !call.flag("force")) {
      Optional<String> loss = Quorum.lossBy(manager.store().state(), node.id());
      if (loss.isPresent()) {
        throw ApiException.bad(
            "rpc error: code = FailedPrecondition desc = "
                + loss.get()
                + "; 'swarm node demote --force' does it all the same");
      }
    }
    ClusterAccess.propose(
        daemon,
        manager,
        new Command.UpdateNode(
            node.id(), call.number("version", -1), spec, manager.clock().instant()));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private void remove(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Node node = find(ClusterAccess.fresh(daemon, manager, call), call.path("id"));
    ClusterAccess.propose(
        daemon,
        manager,
        new Command.RemoveNode(
            node.id(),
            call.flag("force"),
            manager.lastCertificateEnds(),
            manager.clock().instant()));
    call.exchange().respond(200, "application/json", new byte[0]);
  }
}
