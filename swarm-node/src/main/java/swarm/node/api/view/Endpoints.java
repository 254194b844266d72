package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import swarm.node.agent.ContainerEndpoint;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Joined;
import swarm.node.networks.Peer;
import swarm.node.networks.Predefined;
import swarm.runtime.container.Container;
import swarm.scheduler.model.Wire;

/// A container's networks, as it shows them: those that it is on, or is to be on when it starts.
/// Pure.
final class Endpoints {
  private Endpoints() {}

  /// @param endpoint of a container that runs
  static ObjectNode of(Container c, Optional<ContainerEndpoint> endpoint) {
    ObjectNode all = Wire.JSON.createObjectNode();
    String mode = c.config().namespaces().networkMode();
    if (mode.equals(Predefined.HOST) || mode.equals(Predefined.NONE)) {
      String id = mode.equals(Predefined.HOST) ? Predefined.HOST_ID : Predefined.NONE_ID;
      ObjectNode one = unjoined(EndpointSettings.plain(mode));
      all.set(mode, c.state().isLive() ? one.put("NetworkID", id) : one);
      return all;
    }
    if (mode.startsWith("container:")) {
      return all;
    }
    for (EndpointSettings asked : EndpointSettings.read(c.config().attributes())) {
      Optional<Joined> joined =
          endpoint.flatMap(
              e ->
                  e.networks().stream()
                      .filter(
                          one ->
                              one.network().equals(asked.network())
                                  || one.networkId().equals(asked.network()))
                      .findFirst());
      ObjectNode one = unjoined(asked);
      joined.ifPresent(on -> joined(one, c, endpoint, on));
      all.set(joined.map(Joined::network).orElse(asked.network()), one);
    }
    return all;
  }

  private static ObjectNode unjoined(EndpointSettings asked) {
    ObjectNode one = Wire.JSON.createObjectNode();
    if (asked.address().isEmpty()) {
      one.putNull("IPAMConfig");
    } else {
      one.putObject("IPAMConfig").put("IPv4Address", asked.address());
    }
    one.putNull("Links");
    if (asked.aliases().isEmpty()) {
      one.putNull("Aliases");
    } else {
      asked.aliases().forEach(one.putArray("Aliases")::add);
    }
    one.put("MacAddress", asked.mac());
    one.putNull("DriverOpts");
    one.put("GwPriority", asked.gatewayPriority());
    one.put("NetworkID", "").put("EndpointID", "").put("Gateway", "").put("IPAddress", "");
    one.put("IPPrefixLen", 0).put("IPv6Gateway", "").put("GlobalIPv6Address", "");
    one.put("GlobalIPv6PrefixLen", 0).putNull("DNSNames");
    return one;
  }

  private static void joined(
      ObjectNode one, Container c, Optional<ContainerEndpoint> endpoint, Joined on) {
    one.put("MacAddress", on.mac());
    one.put("NetworkID", on.networkId()).put("EndpointID", on.endpointId());
    one.put("Gateway", on.gateway()).put("IPAddress", on.address());
    one.put("IPPrefixLen", on.prefix());
    if (!on.isBridge()) {
      ArrayNode names = one.putArray("DNSNames");
      String hostname = endpoint.map(ContainerEndpoint::hostname).orElse("");
      new Peer(c.id(), c.name(), hostname, java.util.List.of()).names(on).forEach(names::add);
    }
  }
}
