package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import swarm.node.agent.NodeNetwork;
import swarm.node.api.check.NetworkShape;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.NetworkFilter;
import swarm.node.api.filter.PruneFilter;
import swarm.node.api.view.Networks;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.NetworkException;
import swarm.node.networks.NetworkRecord;
import swarm.node.networks.NewNetwork;
import swarm.node.networks.Predefined;
import swarm.runtime.container.Container;
import swarm.runtime.container.NetworkChange;
import swarm.runtime.container.EngineException;
import swarm.scheduler.model.Wire;

/// `/networks/...`.
final class NetworkRoutes {
  private static final String SHARES =
      "container sharing network namespace with another container or host cannot be connected to"
          + " any other network";
  private static final String PRIVATE =
      "container cannot be connected to multiple networks with one of the networks in private"
          + " (none) mode";

  private final Daemon daemon;
  private final ReentrantLock pruning = new ReentrantLock();

  NetworkRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  /// As [Router.Route], with the refusals of networks.
  @FunctionalInterface
  private interface Step {
    void run(Call call)
        throws IOException, ApiException, EngineException, NetworkException, InterruptedException;
  }

  private static Router.Route route(Step step) {
    return call -> {
      try {
        step.run(call);
      } catch (NetworkException e) {
        throw new ApiException(e.status(), String.valueOf(e.getMessage()));
      }
    };
  }

  void add(Router router) {
    router.add("GET", "/networks", this::list);
    router.add("POST", "/networks/create", route(this::create));
    router.add("POST", "/networks/prune", route(this::prune));
    router.add("GET", "/networks/{id}", this::inspect);
    router.add("DELETE", "/networks/{id}", route(this::remove));
    router.add("POST", "/networks/{id}/connect", route(this::connect));
    router.add("POST", "/networks/{id}/disconnect", route(this::disconnect));
  }

  private ArrayNode all() {
    return Networks.all(
        new Networks.There(
            daemon.bridge().name(),
            daemon.bridge().subnet(),
            daemon.bridge().gateway(),
            daemon.networks().all(),
            daemon.network().peers(),
            daemon
                .membership()
                .active()
                .flatMap(a -> a.manager())
                .map(m -> m.store().state().cluster())
                .orElse(null)));
  }

  /// Without the containers, as Docker's: there may be many.
  private void list(Call call) throws IOException, ApiException {
    ArrayNode found = NetworkFilter.apply(all(), call.filters());
    found.forEach(network -> ((ObjectNode) network).putObject("Containers"));
    call.respond(200, found);
  }

  private void inspect(Call call) throws IOException, ApiException {
    call.respond(200, find(call.path("id"), call.query("scope")));
  }

  /// By id, by name, or by a beginning of the id that only one has.
  private JsonNode find(String wanted, String scope) throws ApiException {
    var beginning = new ArrayList<JsonNode>();
    for (String field : List.of("Id", "Name")) {
      for (JsonNode one : all()) {
        if (!scope.isEmpty() && !one.path("Scope").asText().equals(scope)) {
          continue;
        }
        if (one.path(field).asText().equals(wanted)) {
          return one;
        }
        if (field.equals("Id") && one.path(field).asText().startsWith(wanted)) {
          beginning.add(one);
        }
      }
    }
    if (beginning.size() > 1) {
      throw ApiException.bad(
          "network " + wanted + " is ambiguous (" + beginning.size() + " matches found on id)");
    }
    if (beginning.isEmpty()) {
      throw ApiException.missing("network " + wanted + " not found");
    }
    return beginning.getFirst();
  }

  private void create(Call call) throws IOException, ApiException, NetworkException {
    JsonNode body = call.json();
    NetworkShape.checkNetwork(body);
    String driver = body.path("Driver").asText("");
    String name = body.path("Name").asText("");
    if (Predefined.is(name)) {
      throw new ApiException(403, "operation is not permitted on predefined " + name + " network");
    }
    switch (driver) {
      case "", "bridge", "default", "null" -> {
        if (driver.equals("null") && body.path("Driver").isTextual()) {
          throw new ApiException(403, "only one instance of \"null\" network is allowed");
        }
      }
      case "host" ->
          throw new ApiException(403, "only one instance of \"host\" network is allowed");
      case "overlay", "macvlan", "ipvlan" ->
          throw ApiException.unimplemented("a network with the driver '" + driver + "'");
      default -> throw ApiException.missing("plugin \"" + driver + "\" not found");
    }
    NetworkRecord made = daemon.networks().create(asked(body));
    publish("create", made);
    call.respond(201, Wire.JSON.createObjectNode().put("Id", made.id()).put("Warning", ""));
  }

  private static NewNetwork asked(JsonNode body) {
    var pools = new ArrayList<NetworkRecord.Pool>();
    for (JsonNode pool : body.path("IPAM").path("Config")) {
      pools.add(
          new NetworkRecord.Pool(
              text(pool, "Subnet"),
              text(pool, "IPRange"),
              text(pool, "Gateway"),
              map(pool.path("AuxiliaryAddresses"))));
    }
    return new NewNetwork(
        text(body, "Name"),
        pools,
        body.path("Internal").asBoolean(),
        body.path("Attachable").asBoolean(),
        map(body.path("IPAM").path("Options")),
        map(body.path("Options")),
        map(body.path("Labels")));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).isTextual() ? node.path(field).asText() : "";
  }

  private static Map<String, String> map(JsonNode object) {
    var all = new LinkedHashMap<String, String>();
    object.properties().forEach(e -> all.put(e.getKey(), e.getValue().asText()));
    return all;
  }

  private void publish(String action, NetworkRecord network) {
    daemon
        .events()
        .publishNetwork(
            action,
            network.id(),
            Map.of("name", network.name(), "type", "bridge"),
            daemon.clock().instant());
  }

  private void remove(Call call) throws IOException, ApiException, NetworkException {
    JsonNode found = find(call.path("id"), "");
    String name = found.path("Name").asText();
    if (Predefined.is(name)) {
      throw new ApiException(403, name + " is a pre-defined network and cannot be removed");
    }
    if (found.path("Ingress").asBoolean()) {
      throw ApiException.unimplemented("removing the ingress network");
    }
    publish("destroy", daemon.networks().remove(found.path("Id").asText()));
    call.noContent();
  }

  private void prune(Call call) throws IOException, ApiException, NetworkException {
    var filter =
        PruneFilter.others(call.filters(), daemon.clock().instant(), ZoneId.systemDefault());
    if (!pruning.tryLock()) {
      throw new ApiException(409, "a prune operation is already running");
    }
    try {
      ObjectNode answer = Wire.JSON.createObjectNode();
      ArrayNode deleted = answer.putArray("NetworksDeleted");
      for (NetworkRecord network : daemon.networks().unused()) {
        if (filter.passes(Instant.parse(network.created()), network.labels()) && removed(network)) {
          deleted.add(network.name());
        }
      }
      daemon
          .events()
          .publishNetwork("prune", "", Map.of("reclaimed", "0"), daemon.clock().instant());
      call.respond(200, answer);
    } finally {
      pruning.unlock();
    }
  }

  /// False where a container joined it, or it went, since it was found unused.
  private boolean removed(NetworkRecord network) throws IOException, NetworkException {
    try {
      publish("destroy", daemon.networks().remove(network.id()));
      return true;
    } catch (NetworkException e) {
      if (e.status() == 403 || e.status() == 404) {
        return false;
      }
      throw e;
    }
  }

  private void connect(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    String network = joinable(find(call.path("id"), ""));
    EndpointSettings asked =
        EndpointFields.one(network, body.path("EndpointConfig"), "EndpointConfig.");
    String id = daemon.engine().get(text(body, "Container")).id();
    daemon.engine().<ApiException>changeNetworks(id, now -> connected(now, asked));
    done(call);
  }

  private static void done(Call call) throws IOException {
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private static String joinable(JsonNode network) throws ApiException {
    String name = network.path("Name").asText();
    if (name.equals(Predefined.HOST)) {
      throw new ApiException(
          403, "container cannot be connected to host network or disconnected from it");
    }
    if (name.equals(Predefined.NONE)) {
      throw new ApiException(403, PRIVATE);
    }
    if (network.path("Driver").asText().equals("overlay")) {
      throw ApiException.unimplemented("connecting a container to an overlay network");
    }
    return name;
  }

  private NetworkChange.Result connected(Container now, EndpointSettings asked)
      throws ApiException, IOException {
    String mode = now.config().networkMode();
    if (mode.equals(Predefined.HOST) || mode.startsWith("container:")) {
      throw new ApiException(403, SHARES);
    }
    if (mode.equals(Predefined.NONE)) {
      throw new ApiException(403, PRIVATE);
    }
    Map<String, String> attributes = now.config().attributes();
    Map<String, String> next =
        EndpointSettings.with(
            attributes, EndpointSettings.put(EndpointSettings.read(attributes), asked));
    if (!now.state().isLive()) {
      return new NetworkChange.Result(next, List.of(), List.of(), "");
    }
    if (joined(now).stream().anyMatch(asked.network()::equals)) {
      throw new ApiException(
          403,
          "endpoint with name " + now.name() + " already exists in network " + asked.network());
    }
    try {
      return result(next, daemon.network().connect(now.id(), asked, now.config()));
    } catch (NetworkException e) {
      throw new ApiException(e.status(), String.valueOf(e.getMessage()));
    }
  }

  private static NetworkChange.Result result(
      Map<String, String> attributes, NodeNetwork.EtcChange etc) {
    return new NetworkChange.Result(attributes, etc.gone(), etc.added(), etc.resolvConf());
  }

  private List<String> joined(Container container) {
    return daemon.network().endpoint(container.id()).stream()
        .flatMap(e -> e.networks().stream())
        .map(on -> on.network())
        .toList();
  }

  private void disconnect(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    JsonNode body = call.json();
    JsonNode network = find(call.path("id"), "");
    if (network.path("Name").asText().equals(Predefined.HOST)) {
      throw new ApiException(
          403, "container cannot be disconnected from host network or connected to host network");
    }
    Optional<Container> container = container(text(body, "Container"), body.path("Force"));
    if (container.isPresent()) {
      daemon
          .engine()
          .<ApiException>changeNetworks(container.get().id(), now -> disconnected(now, network));
    }
    done(call);
  }

  /// One that is gone has no endpoint here: forced, there is nothing to do.
  private Optional<Container> container(String reference, JsonNode force) throws EngineException {
    try {
      return Optional.of(daemon.engine().get(reference));
    } catch (EngineException e) {
      if (force.asBoolean() && e.kind() == EngineException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private NetworkChange.Result disconnected(Container now, JsonNode network)
      throws ApiException, IOException {
    String name = network.path("Name").asText();
    Map<String, String> attributes = now.config().attributes();
    List<EndpointSettings> asked = EndpointSettings.read(attributes);
    String mode = now.config().networkMode();
    boolean own = !mode.equals(Predefined.HOST) && !mode.startsWith("container:");
    boolean live = now.state().isLive();
    if (!own
        || mode.equals(Predefined.NONE)
        || asked.stream().noneMatch(one -> one.network().equals(name))) {
      throw new ApiException(
          403,
          "container "
              + now.id()
              + (live ? " is not connected to network " : " is not connected to the network ")
              + name);
    }
    Map<String, String> next =
        EndpointSettings.with(attributes, EndpointSettings.without(asked, name));
    return live
        ? result(
            next, daemon.network().disconnect(now.id(), network.path("Id").asText(), now.config()))
        : new NetworkChange.Result(next, List.of(), List.of(), "");
  }
}
