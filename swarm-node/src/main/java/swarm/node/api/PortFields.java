package swarm.node.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Wire;

/// Reads which ports a container publishes, into the form of [Attributes#PORTS]. Pure.
final class PortFields {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final List<String> PROTOCOLS = List.of("tcp", "udp", "sctp");
  private static final int MAX_PORT = 65_535;

  private PortFields() {}

  /// @param host `HostConfig`
  /// @param echo the request as it is shown again, with every exposed port
  static String read(JsonNode host, String echo) throws ApiException {
    var all = new ArrayList<String>();
    JsonNode bindings = host.path("PortBindings");
    for (var entry : bindings.properties()) {
      for (JsonNode binding : entry.getValue()) {
        all.add(
            one(
                entry.getKey(),
                binding.path("HostIp").asText(""),
                binding.path("HostPort").asText("")));
      }
    }
    if (host.path("PublishAllPorts").asBoolean()) {
      try {
        for (var port : Wire.JSON.readTree(echo).path("ExposedPorts").properties()) {
          boolean bound = !bindings.path(port.getKey()).isEmpty();
          if (!bound && bindings.path(port.getKey().replaceAll("/tcp$", "")).isEmpty()) {
            all.add(one(port.getKey(), "", ""));
          }
        }
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("what was just written cannot be read", e);
      }
    }
    return String.join(",", all);
  }

  private static String one(String portAndProtocol, String address, String hostPort)
      throws ApiException {
    String[] port = portAndProtocol.split("/", -1);
    String protocol = port.length > 1 ? port[1] : "tcp";
    if (!PROTOCOLS.contains(protocol)) {
      throw ApiException.bad("invalid port specification: '" + portAndProtocol + "'");
    }
    if (address.contains(":")) {
      throw ApiException.unimplemented("publishing a port at the IPv6 address " + address);
    }
    if (!address.isEmpty() && !IPV4.matcher(address).matches()) {
      throw ApiException.bad("invalid IP address in add: '" + address + "'");
    }
    int target = number(port[0]);
    if (target == 0 || port.length > 2) {
      throw ApiException.bad("invalid port specification: '" + portAndProtocol + "'");
    }
    return protocol + ":" + address + ":" + hostPorts(hostPort) + ":" + target;
  }

  /// A port, 0 for any, or a range of which one is chosen.
  private static String hostPorts(String text) throws ApiException {
    int dash = text.indexOf('-');
    if (dash < 0) {
      return Integer.toString(number(text));
    }
    int first = number(text.substring(0, dash));
    int last = number(text.substring(dash + 1));
    if (first == 0 || last < first) {
      throw ApiException.bad("invalid port specification: '" + text + "' is no range of ports");
    }
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  private static int number(String port) throws ApiException {
    try {
      int value = port.isEmpty() ? 0 : Integer.parseInt(port);
      if (value >= 0 && value <= MAX_PORT) {
        return value;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw ApiException.bad(
        "invalid port specification: '" + port + "' is not a number from 0 to " + MAX_PORT);
  }
}
