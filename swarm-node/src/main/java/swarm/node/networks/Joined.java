package swarm.node.networks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a running container has on one network.
///
/// @param network its name when the container joined
/// @param endpointId 64 hexadecimal digits, new at each start
/// @param prefix length of the subnet's prefix
/// @param gateway the host's address there
/// @param interfaceName inside the container
/// @param aliases as asked for
/// @param internal whether nothing leads out there
public record Joined(
    String networkId,
    String network,
    String endpointId,
    String address,
    int prefix,
    String gateway,
    String mac,
    String interfaceName,
    List<String> aliases,
    int gatewayPriority,
    boolean internal) {
  // A component that is missing in a file of an older version is null here.
  public Joined {
    networkId = text(networkId);
    network = text(network);
    endpointId = text(endpointId);
    address = text(address);
    gateway = text(gateway);
    mac = text(mac);
    interfaceName = text(interfaceName);
    aliases = aliases == null ? List.of() : List.copyOf(aliases);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /// Whether it is on the bridge of containers that name no network.
  public boolean isBridge() {
    return networkId.equals(Predefined.BRIDGE_ID);
  }
}
