package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/// The order in which a stack's services are posted: each after those that it depends on. Posted
/// before them, its update would find them as they were, and take them for ready. Those that depend
/// on nothing stay in the order of their names. Pure.
final class StackOrder {
  private final SortedMap<String, ? extends JsonNode> services;
  private final Set<String> ordered = new LinkedHashSet<>();
  private final List<String> way = new ArrayList<>();

  private StackOrder(SortedMap<String, ? extends JsonNode> services) {
    this.services = services;
  }

  /// @param services `ServiceSpec`s by name; what they depend on and is no service of these counts
  ///   for nothing
  /// @throws ComposeException where services depend on each other in a circle: none of them would
  ///   ever start
  static List<String> of(SortedMap<String, ? extends JsonNode> services) throws ComposeException {
    var order = new StackOrder(services);
    for (String name : services.keySet()) {
      order.add(name);
    }
    return List.copyOf(order.ordered);
  }

  private void add(String name) throws ComposeException {
    JsonNode spec = services.get(name);
    if (spec == null || ordered.contains(name)) {
      return;
    }
    int before = way.indexOf(name);
    way.add(name);
    if (before >= 0) {
      throw new ComposeException(
          "services depend on each other in a circle, so that none of them would ever start: "
              + String.join(" -> ", way.subList(before, way.size()))
              + "; take one of these out of depends_on");
    }
    String dependencies = spec.path("Labels").path(StackService.DEPENDS_ON).asText("");
    for (String dependency : dependencies.split(",", -1)) {
      int colon = dependency.indexOf(':');
      add((colon < 0 ? dependency : dependency.substring(0, colon)).strip());
    }
    way.removeLast();
    ordered.add(name);
  }
}
