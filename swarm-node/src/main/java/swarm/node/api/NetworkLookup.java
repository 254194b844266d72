package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import swarm.node.api.error.ApiException;
import swarm.node.api.view.ClusterNetworkViews;
import swarm.node.api.view.Networks;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Version;

/// The networks of this host and, on a manager, the cluster's, as they are shown.
final class NetworkLookup {
  private final Daemon daemon;

  NetworkLookup(Daemon daemon) {
    this.daemon = daemon;
  }

  ArrayNode all() {
    return Networks.all(
        new Networks.There(
            daemon.identity().since(),
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
                .orElse(null),
            daemon
                .membership()
                .active()
                .flatMap(a -> a.manager())
                .map(m -> m.store().state().networks().byId().values())
                .orElseGet(this::used)));
  }

  /// A worker knows those that its containers are on, and of these what it needs.
  private List<Network> used() {
    return daemon.network().clusterNetworks().stream()
        .map(
            each ->
                new Network(
                    each.id(),
                    new Version(0, Instant.EPOCH, Instant.EPOCH),
                    new NetworkSpec(
                        each.name(), null, null, each.network().internal(), null, null, null),
                    each.network().vni(),
                    each.network().subnet(),
                    each.network().prefix(),
                    each.network().subnet() + 1,
                    each.network().subnet(),
                    0,
                    List.of()))
        .toList();
  }

  /// As [#find(String, String)].
  ///
  /// @param verbose whether to tell who is on one of the cluster's networks, on whichever node
  JsonNode find(String wanted, String scope, boolean verbose) throws ApiException {
    JsonNode found = find(wanted, scope);
    if (verbose
        && found.path("Scope").asText().equals("swarm")
        && found instanceof ObjectNode node) {
      daemon
          .membership()
          .active()
          .flatMap(a -> a.manager())
          .ifPresent(
              m -> ClusterNetworkViews.verbose(node, m.store().state(), found.path("Id").asText()));
    }
    return found;
  }

  /// By id, by name, or by a beginning of the id that only one has.
  JsonNode find(String wanted, String scope) throws ApiException {
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
}
