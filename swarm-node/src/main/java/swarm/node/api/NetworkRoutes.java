package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import swarm.node.api.check.JsonValues;
import swarm.node.api.check.NetworkShape;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.NetworkFilter;
import swarm.node.api.filter.PruneFilter;
import swarm.node.networks.NetworkException;
import swarm.node.networks.NetworkRecord;
import swarm.node.networks.NewNetwork;
import swarm.node.networks.Predefined;
import swarm.runtime.container.EngineException;
import swarm.scheduler.model.Wire;

/// `/networks/...`; which containers are in them is [NetworkConnectRoutes]'.
final class NetworkRoutes {
  private final Daemon daemon;
  private final NetworkLookup lookup;
  private final ClusterNetworkRoutes cluster;
  private final ReentrantLock pruning = new ReentrantLock();

  NetworkRoutes(Daemon daemon) {
    this.daemon = daemon;
    this.lookup = new NetworkLookup(daemon);
    this.cluster = new ClusterNetworkRoutes(daemon);
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
    new NetworkConnectRoutes(daemon, lookup).add(router);
  }

  /// Without the containers, as Docker's: there may be many.
  private void list(Call call) throws IOException, ApiException {
    ArrayNode found = NetworkFilter.apply(lookup.all(), call.filters());
    found.forEach(network -> ((ObjectNode) network).putObject("Containers"));
    call.respond(200, found);
  }

  private void inspect(Call call) throws IOException, ApiException {
    call.respond(200, lookup.find(call.path("id"), call.query("scope"), call.flag("verbose")));
  }

  private void create(Call call)
      throws IOException, ApiException, NetworkException, InterruptedException {
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
      case "overlay" -> {
        cluster.create(call, body);
        return;
      }
      case "macvlan", "ipvlan" ->
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
              JsonValues.text(pool, "Subnet"),
              JsonValues.text(pool, "IPRange"),
              JsonValues.text(pool, "Gateway"),
              JsonValues.map(pool.path("AuxiliaryAddresses"))));
    }
    return new NewNetwork(
        JsonValues.text(body, "Name"),
        pools,
        body.path("Internal").asBoolean(),
        body.path("Attachable").asBoolean(),
        JsonValues.map(body.path("IPAM").path("Options")),
        JsonValues.map(body.path("Options")),
        JsonValues.map(body.path("Labels")));
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

  private void remove(Call call)
      throws IOException, ApiException, NetworkException, InterruptedException {
    JsonNode found = lookup.find(call.path("id"), "");
    String name = found.path("Name").asText();
    if (Predefined.is(name)) {
      throw new ApiException(403, name + " is a pre-defined network and cannot be removed");
    }
    if (found.path("Ingress").asBoolean()) {
      cluster.removeIngress(found.path("Id").asText());
    } else if (found.path("Scope").asText().equals("swarm")) {
      cluster.remove(found.path("Id").asText());
    } else {
      publish("destroy", daemon.networks().remove(found.path("Id").asText()));
    }
    call.noContent();
  }

  private void prune(Call call)
      throws IOException, ApiException, NetworkException, InterruptedException {
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
      cluster.prune(filter).forEach(deleted::add);
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
}
