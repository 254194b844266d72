package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.runtime.json.JsonType;

/// The types of the fields in bodies about networks, and what in them cannot be done. Pure.
public final class NetworkShape {
  private static final JsonShape NETWORK =
      new JsonShape()
          .with(JsonType.TEXT, "Name", "Driver", "Scope")
          .with(JsonType.FLAG, "Internal", "Attachable", "Ingress", "ConfigOnly")
          .with(JsonType.FLAG, "EnableIPv4", "EnableIPv6", "CheckDuplicate")
          .with(JsonType.OBJECT, "IPAM", "ConfigFrom")
          .with(JsonType.MAP, "Options", "Labels");
  private static final JsonShape IPAM =
      new JsonShape()
          .with(JsonType.TEXT, "Driver")
          .with(JsonType.OBJECTS, "Config")
          .with(JsonType.MAP, "Options");
  private static final JsonShape POOL =
      new JsonShape()
          .with(JsonType.TEXT, "Subnet", "IPRange", "Gateway")
          .with(JsonType.MAP, "AuxiliaryAddresses");
  private static final JsonShape ENDPOINT =
      new JsonShape()
          .with(JsonType.OBJECT, "IPAMConfig")
          .with(JsonType.TEXTS, "Links", "Aliases", "DNSNames")
          .with(JsonType.TEXT, "MacAddress", "NetworkID", "EndpointID", "Gateway", "IPAddress")
          .with(JsonType.MAP, "DriverOpts")
          .with(JsonType.INTEGER, "GwPriority", "IPPrefixLen", "GlobalIPv6PrefixLen");
  private static final JsonShape ADDRESSES =
      new JsonShape()
          .with(JsonType.TEXT, "IPv4Address", "IPv6Address")
          .with(JsonType.TEXTS, "LinkLocalIPs");
  private static final String OURS = "com.docker.network.";
  private static final Set<String> OPTIONS =
      Set.of(
          "com.docker.network.bridge.name",
          "com.docker.network.bridge.enable_icc",
          "com.docker.network.bridge.enable_ip_masquerade",
          "com.docker.network.bridge.host_binding_ipv4",
          "com.docker.network.driver.mtu");

  private NetworkShape() {}

  /// The body that makes a network.
  ///
  /// @throws ApiException 400 with the first field of another type, 501 for what cannot be done
  public static void checkNetwork(JsonNode body) throws ApiException {
    NETWORK.check(body, "");
    IPAM.check(body.path("IPAM"), "IPAM.");
    for (JsonNode pool : body.path("IPAM").path("Config")) {
      POOL.check(pool, "IPAM.Config.");
      for (String field : new String[] {"Subnet", "IPRange", "Gateway"}) {
        refuseIf(pool.path(field).asText("").contains(":"), "a network with IPv6 addresses");
      }
    }
    refuseIf(body.path("EnableIPv6").asBoolean(), "a network with IPv6 addresses");
    refuseIf(!body.path("EnableIPv4").asBoolean(true), "a network without IPv4 addresses");
    refuseIf(body.path("ConfigOnly").asBoolean(), "a network that is only a configuration");
    refuseIf(
        JsonValues.saysWithin(body.path("ConfigFrom")), "a network with another's configuration");
    boolean overlay = body.path("Driver").asText("").equals("overlay");
    if (body.path("Ingress").asBoolean() && !overlay) {
      throw ApiException.bad("an ingress network needs the driver 'overlay'");
    }
    String scope = body.path("Scope").asText("");
    refuseIf(
        !overlay && !scope.isEmpty() && !scope.equals("local") && !scope.equals("null"),
        "a network of the scope '" + scope + "'");
    String driver = body.path("IPAM").path("Driver").asText("");
    refuseIf(
        !driver.isEmpty() && !driver.equals("default") && !driver.equals("null"),
        "the IPAM driver '" + driver + "'");
    for (var option : body.path("Options").properties()) {
      refuseIf(
          !overlay && option.getKey().startsWith(OURS) && !OPTIONS.contains(option.getKey()),
          "the network option " + option.getKey());
    }
  }

  /// How a container is to stand on a network.
  ///
  /// @param where how it is called towards the user, with a dot behind it
  /// @throws ApiException 400 with the first field of another type, 501 for what cannot be done
  public static void checkEndpoint(JsonNode settings, String where) throws ApiException {
    ENDPOINT.check(settings, where);
    JsonNode addresses = settings.path("IPAMConfig");
    ADDRESSES.check(addresses, where + "IPAMConfig.");
    refuseIf(JsonValues.says(addresses.path("IPv6Address")), "a container's IPv6 address");
    refuseIf(JsonValues.says(addresses.path("LinkLocalIPs")), "a container's link-local addresses");
    refuseIf(JsonValues.says(settings.path("Links")), "a link to another container");
    refuseIf(JsonValues.says(settings.path("DriverOpts")), "a driver's option of an endpoint");
  }

  private static void refuseIf(boolean asked, String piece) throws ApiException {
    if (asked) {
      throw ApiException.unimplemented(piece);
    }
  }
}
