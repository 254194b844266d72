package swarm.node.api.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Wire;

/// Which networks a list shows: Docker's `network ls --filter`. Pure.
public final class NetworkFilter {
  private static final Set<String> KEYS =
      Set.of("dangling", "driver", "id", "idOrName", "label", "name", "scope", "type");
  private static final Set<String> TYPES = Set.of("builtin", "custom");
  private static final Set<String> BUILT_IN = Set.of("bridge", "host", "none", "default");

  private NetworkFilter() {}

  /// @param all networks as the API shows them
  /// @throws ApiException where a filter cannot be read; a scope or a driver that nothing has is
  ///   none of that, as with Docker
  public static ArrayNode apply(ArrayNode all, Map<String, Set<String>> given) throws ApiException {
    Filters filters = Filters.of(given, KEYS);
    for (String type : filters.get("type")) {
      if (!TYPES.contains(type)) {
        throw ApiException.bad("invalid filter: 'type'='" + type + "'");
      }
    }
    Optional<Boolean> dangling = dangling(filters);
    ArrayNode found = Wire.JSON.createArrayNode();
    for (JsonNode network : all) {
      boolean builtIn = BUILT_IN.contains(network.path("Name").asText());
      boolean unused = !builtIn && network.path("Containers").isEmpty();
      if (passes(network, builtIn, filters) && dangling.map(d -> d == unused).orElse(true)) {
        found.add(network);
      }
    }
    return found;
  }

  private static boolean passes(JsonNode network, boolean builtIn, Filters filters) {
    String name = network.path("Name").asText();
    String id = network.path("Id").asText();
    var labels = new LinkedHashMap<String, String>();
    network.path("Labels").properties().forEach(l -> labels.put(l.getKey(), l.getValue().asText()));
    return filters.any("name", v -> Filters.matchesName(name, v))
        && filters.any("id", v -> Filters.matchesName(id, v))
        && filters.any("idOrName", v -> Filters.matchesName(name, v) || Filters.matchesName(id, v))
        && filters.any("driver", network.path("Driver").asText()::equals)
        && filters.any("scope", network.path("Scope").asText()::equals)
        && filters.any("type", v -> v.equals(builtIn ? "builtin" : "custom"))
        && filters.labels("label", labels);
  }

  /// Docker words this one in its own way.
  private static Optional<Boolean> dangling(Filters filters) throws ApiException {
    if (filters.get("dangling").size() > 1) {
      throw ApiException.bad("got more than one value for filter key \"dangling\"");
    }
    if (!filters.any("dangling", Set.of("0", "1", "false", "true")::contains)) {
      throw ApiException.bad(
          "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or"
              + " \"0\")");
    }
    return filters.has("dangling") ? filters.flag("dangling") : Optional.empty();
  }
}
