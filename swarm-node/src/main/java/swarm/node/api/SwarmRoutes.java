package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import swarm.node.api.check.AddressPoolFields;
import swarm.node.api.check.CaConfigValidator;
import swarm.node.api.check.ClusterSpecValidator;
import swarm.node.api.check.JsonShape;
import swarm.node.api.error.ApiException;
import swarm.node.api.view.SwarmViews;
import swarm.node.control.Manager;
import swarm.node.control.RootPlanner;
import swarm.node.identity.JoinToken;
import swarm.node.identity.Pem;
import swarm.node.identity.RandomIds;
import swarm.node.identity.UnlockKey;
import swarm.node.membership.Membership;
import swarm.node.membership.MembershipException;
import swarm.runtime.json.JsonType;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// `/swarm...`.
final class SwarmRoutes {
  private static final JsonShape INIT =
      new JsonShape()
          .with(JsonType.TEXT, "ListenAddr", "AdvertiseAddr", "DataPathAddr", "Availability")
          .with(JsonType.INTEGER, "DataPathPort", "SubnetSize")
          .with(JsonType.FLAG, "ForceNewCluster", "AutoLockManagers")
          .with(JsonType.TEXTS, "DefaultAddrPool")
          .with(JsonType.OBJECT, "Spec");
  private static final JsonShape JOIN =
      new JsonShape()
          .with(
              JsonType.TEXT,
              "ListenAddr",
              "AdvertiseAddr",
              "DataPathAddr",
              "JoinToken",
              "Availability")
          .with(JsonType.TEXTS, "RemoteAddrs");
  private static final JsonShape SPEC =
      new JsonShape()
          .with(JsonType.TEXT, "Name")
          .with(JsonType.MAP, "Labels")
          .with(JsonType.OBJECT, "Orchestration", "Raft", "Dispatcher", "CAConfig")
          .with(JsonType.OBJECT, "EncryptionConfig", "TaskDefaults");
  private static final JsonShape ENCRYPTION =
      new JsonShape().with(JsonType.FLAG, "AutoLockManagers");
  private static final JsonShape ORCHESTRATION =
      new JsonShape().with(JsonType.INTEGER, "TaskHistoryRetentionLimit");

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
  }

  private void inspect(Call call) throws IOException, ApiException, InterruptedException {
    Manager manager = ClusterAccess.manager(daemon);
    Cluster cluster = cluster(ClusterAccess.fresh(daemon, manager, call));
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
    Cluster.AddressPools pools =
        AddressPoolFields.read(body.path("DefaultAddrPool"), body.path("SubnetSize").asLong());
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
                where(body),
                new Membership.DataPath((int) port, pools),
                spec,
                body.path("ForceNewCluster").asBoolean(),
                availability(body));
    call.respond(200, id);
  }

  private void join(Call call)
      throws IOException, ApiException, MembershipException, InterruptedException {
    JsonNode body = call.json();
    JOIN.check(body, "");
    var remotes = new ArrayList<String>();
    body.path("RemoteAddrs").forEach(r -> remotes.add(r.asText()));
    daemon
        .membership()
        .join(where(body), remotes, body.path("JoinToken").asText(""), availability(body));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private static Membership.Where where(JsonNode body) {
    return new Membership.Where(
        body.path("ListenAddr").asText(""),
        body.path("AdvertiseAddr").asText(""),
        body.path("DataPathAddr").asText(""));
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
    Manager manager = ClusterAccess.manager(daemon);
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
    ClusterAccess.propose(
        daemon,
        manager,
        withRoot(manager, cluster(ClusterAccess.fresh(daemon, manager, call)), spec, update));
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
}
