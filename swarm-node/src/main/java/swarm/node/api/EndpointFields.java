package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import swarm.node.api.check.JsonValues;
import swarm.node.api.check.NetworkShape;
import swarm.node.api.error.ApiException;
import swarm.node.networks.EndpointSettings;
import swarm.node.networks.Predefined;

/// Reads how a container is to stand on networks. Pure.
final class EndpointFields {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern MAC = Pattern.compile("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");

  private EndpointFields() {}

  /// The networks of a new container: that of its mode first, then the others that are named.
  ///
  /// @param mode a bridge's name, or empty
  /// @param names finds the name for a network's id
  static List<EndpointSettings> read(JsonNode body, String mode, NamespaceModes.Ids names)
      throws ApiException {
    String first = Predefined.isBridge(mode) ? Predefined.BRIDGE : names.of(mode);
    var all = new ArrayList<EndpointSettings>();
    all.add(EndpointSettings.plain(first));
    for (var endpoint : body.path("NetworkingConfig").path("EndpointsConfig").properties()) {
      String network =
          Predefined.isBridge(endpoint.getKey()) ? Predefined.BRIDGE : names.of(endpoint.getKey());
      EndpointSettings settings =
          one(network, endpoint.getValue(), "NetworkingConfig.EndpointsConfig.");
      if (network.equals(first)) {
        all.set(0, settings);
      } else {
        all.add(settings);
      }
    }
    String mac = JsonValues.text(body, "MacAddress");
    if (!mac.isEmpty() && all.getFirst().mac().isEmpty()) {
      EndpointSettings a = all.getFirst();
      requireMac(mac);
      refuseOnBridge(true, first, "a MAC address on the network bridge");
      all.set(
          0, new EndpointSettings(a.network(), a.address(), mac, a.aliases(), a.gatewayPriority()));
    }
    return all;
  }

  /// @param network its name
  static EndpointSettings one(String network, JsonNode settings, String where) throws ApiException {
    NetworkShape.checkEndpoint(settings, where);
    String address = JsonValues.text(settings.path("IPAMConfig"), "IPv4Address");
    String mac = JsonValues.text(settings, "MacAddress");
    var aliases = new ArrayList<String>();
    settings.path("Aliases").forEach(alias -> aliases.add(alias.asText()));
    if (network.equals(Predefined.BRIDGE)) {
      if (!address.isEmpty()) {
        throw ApiException.bad(
            "user specified IP address is supported on user defined networks only");
      }
      if (!aliases.isEmpty()) {
        throw ApiException.bad(
            "network-scoped alias is supported only for containers in user defined networks");
      }
      refuseOnBridge(!mac.isEmpty(), network, "a MAC address on the network bridge");
    }
    if (!address.isEmpty() && !IPV4.matcher(address).matches()) {
      throw ApiException.bad("invalid IPv4 address: " + address);
    }
    requireMac(mac);
    return new EndpointSettings(
        network, address, mac, aliases, settings.path("GwPriority").asInt(0));
  }

  private static void refuseOnBridge(boolean asked, String network, String piece)
      throws ApiException {
    if (asked && network.equals(Predefined.BRIDGE)) {
      throw ApiException.unimplemented(piece);
    }
  }

  private static void requireMac(String mac) throws ApiException {
    if (!mac.isEmpty() && !MAC.matcher(mac).matches()) {
      throw ApiException.bad("invalid MAC address: " + mac);
    }
  }
}
