package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import swarm.node.api.check.CaConfigValidator;
import swarm.node.api.check.ClusterSpecValidator;
import swarm.node.api.check.Consistency;
import swarm.node.api.check.JsonShape;
import swarm.node.api.check.JsonShape.Kind;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ClusterFilters;
import swarm.node.api.view.SwarmViews;
import swarm.node.control.Manager;
import swarm.node.control.Outcome;
import swarm.node.control.Quorum;
import swarm.node.control.RootPlanner;
import swarm.node.identity.JoinToken;
import swarm.node.identity.Pem;
import swarm.node.identity.RandomIds;
import swarm.node.identity.UnlockKey;
import swarm.node.membership.MembershipException;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandResult;

/// `/swarm...` and `/nodes...`.
final class SwarmRoutes {
  private static final JsonShape INIT =
      new JsonShape()
          .with(Kind.TEXT, "ListenAddr", "AdvertiseAddr", "DataPathAddr", "Availability")
          .with(Kind.INTEGER, "DataPathPort", "SubnetSize")
          .with(Kind.FLAG, "ForceNewCluster", "AutoLockManagers")
          .with(Kind.TEXTS, "DefaultAddrPool")
          .with(Kind.OBJECT, "Spec");
  private static final JsonShape JOIN =
      new JsonShape()
          .with(
              Kind.TEXT, "ListenAddr", "AdvertiseAddr", "DataPathAddr", "JoinToken", "Availability")
          .with(Kind.TEXTS, "RemoteAddrs");
  private static final JsonShape SPEC =
      new JsonShape()
          .with(Kind.TEXT, "Name")
          .with(Kind.MAP, "Labels")
          .with(Kind.OBJECT, "Orchestration", "Raft", "Dispatcher", "CAConfig")
          .with(Kind.OBJECT, "EncryptionConfig", "TaskDefaults");
  private static final JsonShape ENCRYPTION = new JsonShape().with(Kind.FLAG, "AutoLockManagers");
  private static final JsonShape ORCHESTRATION =
      new JsonShape().with(Kind.INTEGER, "TaskHistoryRetentionLimit");

  private static final String WORKER =
      "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please"
          + " run this command on a manager node or promote the current node to a manager.";

  private final Daemon daemon;

  SwarmRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/swarm", this::inspect);
    router.add("POST", "/swarm/init", this::init);
    router.add("POST", "/swarm/join", this::join);
    router.add("POST", "/swarm/leave", this::leave);
    router.add("POST", "/swarm/update", this::update);
    new RecoveryRoutes(daemon).add(router);
    router.add("GET", "/nodes", this::nodes);
    router.add("GET", "/nodes/{id}", this::node);
    router.add("POST", "/nodes/{id}/update", this::updateNode);
    router.add("DELETE", "/nodes/{id}", this::removeNode);
  }

  /// This node's manager, or Docker's 503.
  static Manager manager(Daemon daemon) throws ApiException {
    var standby = daemon.membership().standby();
    if (standby.isPresent()) {
      throw new ApiException(503, standby.get().why());
    }
    var active =
        daemon
            .membership()
            .active()
            .orElseThrow(
                () ->
                    new ApiException(
                        503,
                        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect"
                            + " this node to swarm and try again."));
    return active
        .manager()
        .orElseThrow(() -> new ApiException(503, daemon.membership().pending().orElse(WORKER)));
  }

  /// A state to read from: linearizable, unless the caller asked for this manager's own.
  static ClusterState fresh(Daemon daemon, Manager manager, Call call)
      throws ApiException, InterruptedException {
    return Consistency.asked(call.exchange().header(Consistency.HEADER)) == Consistency.STALE
        ? manager.store().state()
        : linearizable(daemon, manager);
  }

  private static ClusterState linearizable(Daemon daemon, Manager manager)
      throws ApiException, InterruptedException {
    return manager.freshState().orElseThrow(() -> noLeader(daemon, manager, ""));
  }

  /// Nobody took a read or a write; the other managers may do so where this one was just demoted.
  private static ApiException noLeader(Daemon daemon, Manager manager, String more) {
    return manager.ended()
        ? new ApiException(503, WORKER)
        : new ApiException(500, NoLeader.why(daemon) + more);
  }

  /// Proposes, and turns what became of it into an answer.
  static long propose(Daemon daemon, Manager manager, Command command)
      throws ApiException, InterruptedException {
    return switch (manager.proposer().propose(command)) {
      case Outcome.Applied applied ->
          switch (applied.result()) {
            case CommandResult.Done _ -> applied.index();
            case CommandResult.NotFound r -> throw new ApiException(404, r.message());
            case CommandResult.Conflict r ->
                // Docker answers an update of an old version with 500, and its clients look for the
                // text
                throw new ApiException(
                    r.message().contains("out of sequence") ? 500 : 409, r.message());
            case CommandResult.Refused r -> throw new ApiException(400, r.message());
          };
      case Outcome.NoLeader none -> throw noLeader(daemon, manager, " (" + none.why() + ")");
      case Outcome.TooLarge large -> throw new ApiException(400, large.why());
      case Outcome.Unknown unknown ->
          throw new ApiException(
              500,
              "rpc error: code = Unknown desc = it is not known whether the change was kept: "
                  + unknown.why()
                  + "; look before you try again");
    };
  }

  private void inspect(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = manager(daemon);
    Cluster cluster = cluster(fresh(daemon, manager, call));
    ObjectNode answer = SwarmViews.cluster(cluster);
    var ca = Pem.certificates(cluster.rootCertificate()).getFirst();
    answer
        .putObject("JoinTokens")
        .put("Worker", JoinToken.of(ca, cluster.tokens().worker()).text())
        .put("Manager", JoinToken.of(ca, cluster.tokens().manager()).text());
    call.respond(200, answer);
  }

  private static Cluster cluster(ClusterState state) throws ApiException {
    Cluster cluster = state.cluster();
    if (cluster == null) {
      throw new ApiException(503, "the swarm is not formed yet; try again");
    }
    return cluster;
  }

  private static void checkSpec(JsonNode spec, String where) throws ApiException {
    SPEC.check(spec, where);
    ENCRYPTION.check(spec.path("EncryptionConfig"), where + "EncryptionConfig.");
    ORCHESTRATION.check(spec.path("Orchestration"), where + "Orchestration.");
  }

  private void init(Call call)
      throws IOException, ApiException, MembershipException, InterruptedException {
    JsonNode body = call.json();
    INIT.check(body, "");
    checkSpec(body.path("Spec"), "Spec.");
    if (JsonValues.says(body.path("DataPathAddr"))) {
      throw ApiException.unimplemented("a data path address of its own");
    }
    if (JsonValues.says(body.path("DefaultAddrPool"))
        || !List.of(0, 24).contains(body.path("SubnetSize").asInt())) {
      throw ApiException.unimplemented("choosing the default address pool");
    }
    JsonNode spec = body.path("Spec");
    if (body.path("AutoLockManagers").asBoolean()) {
      ObjectNode locked = spec.isObject() ? spec.deepCopy() : Wire.JSON.createObjectNode();
      locked.withObject("/EncryptionConfig").put("AutoLockManagers", true);
      spec = locked;
    }
    ClusterSpecValidator.check(body.path("Spec"));
    CaConfigValidator.checkNew(body.path("Spec").path("CAConfig"));
    long port = body.path("DataPathPort").asLong();
    if (port != 0 && (port < 1024 || port > 49_151)) {
      throw ApiException.bad(
          "rpc error: code = InvalidArgument desc = data path port must be from 1024 to 49151, not "
              + port);
    }
    String id =
        daemon
            .membership()
            .init(
                body.path("ListenAddr").asText(""),
                body.path("AdvertiseAddr").asText(""),
                (int) port,
                spec,
                body.path("ForceNewCluster").asBoolean(),
                availability(body));
    call.respond(200, id);
  }

  private void join(Call call)
      throws IOException, ApiException, MembershipException, InterruptedException {
    JsonNode body = call.json();
    JOIN.check(body, "");
    if (JsonValues.says(body.path("DataPathAddr"))) {
      throw ApiException.unimplemented("a data path address of its own");
    }
    var remotes = new ArrayList<String>();
    body.path("RemoteAddrs").forEach(r -> remotes.add(r.asText()));
    daemon
        .membership()
        .join(
            body.path("ListenAddr").asText(""),
            body.path("AdvertiseAddr").asText(""),
            remotes,
            body.path("JoinToken").asText(""),
            availability(body));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  /// What an init or a join asks for this node; empty where it does not say.
  private static String availability(JsonNode body) throws ApiException {
    String asked = body.path("Availability").asText("");
    if (!asked.isEmpty() && !NodeSpec.AVAILABILITIES.contains(asked)) {
      throw ApiException.bad(
          "rpc error: code = InvalidArgument desc = " + NodeSpec.availabilityWords(asked));
    }
    return asked;
  }

  private void leave(Call call) throws IOException, MembershipException, InterruptedException {
    Optional<String> left = daemon.membership().leave(call.flag("force"));
    if (left.isPresent()) { // Docker's answer is empty, and its client reads none
      call.respond(200, Wire.JSON.createObjectNode().put("Warning", left.get()));
    } else {
      call.exchange().respond(200, "application/json", new byte[0]);
    }
  }

  private void update(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = manager(daemon);
    JsonNode spec = call.json();
    checkSpec(spec, "");
    ClusterSpecValidator.check(spec);
    var ids = new RandomIds();
    var update =
        new Command.UpdateCluster(
            call.number("version", -1),
            RootPlanner.kept(spec),
            call.flag("rotateWorkerToken") ? ids.next() : null,
            call.flag("rotateManagerToken") ? ids.next() : null,
            UnlockKey.random().text(),
            call.flag("rotateManagerUnlockKey"),
            manager.clock().instant());
    propose(
        daemon, manager, withRoot(manager, cluster(fresh(daemon, manager, call)), spec, update));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  /// The update, with what its `CAConfig` asks of the cluster's root.
  private static Command withRoot(
      Manager manager, Cluster cluster, JsonNode spec, Command.UpdateCluster update)
      throws ApiException {
    if (cluster.version().index() != update.version()) {
      return update; // refused where it is applied: nothing is to be planned for it
    }
    try {
      return manager
          .planRoot(cluster, spec)
          .<Command>map(
              change ->
                  new Command.ChangeRoot(
                      update, change.certificate(), change.key(), change.rotation()))
          .orElse(update);
    } catch (RootPlanner.RefusedException e) {
      throw ApiException.bad(String.valueOf(e.getMessage()));
    }
  }

  private void nodes(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = manager(daemon);
    Predicate<Node> filter = ClusterFilters.nodes(call.filters());
    ClusterState state = fresh(daemon, manager, call);
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

  private void node(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = manager(daemon);
    String wanted = call.path("id");
    ClusterState state = fresh(daemon, manager, call);
    if (wanted.equals("self")) {
      wanted = daemon.membership().active().orElseThrow().identity().self().nodeId();
    }
    call.respond(200, view(manager, find(state, wanted)));
  }

  private void updateNode(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = manager(daemon);
    NodeSpec spec = call.json(NodeSpec.class);
    Node node = find(fresh(daemon, manager, call), call.path("id"));
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
    propose(
        daemon,
        manager,
        new Command.UpdateNode(
            node.id(), call.number("version", -1), spec, manager.clock().instant()));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private void removeNode(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = manager(daemon);
    Node node = find(fresh(daemon, manager, call), call.path("id"));
    propose(
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
