package swarm.node.networks;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.network.Inet4Network;
import swarm.network.NetworkBridge;

/// A network of this host as it is kept on disk.
///
/// @param id 64 hexadecimal digits
/// @param created RFC 3339
/// @param bridge the interface on the host
/// @param subnet chosen or asked for, such as `172.19.0.0/16`
/// @param gateway the host's address in it
/// @param pools as asked for, or one that was chosen
/// @param configured whether the user gave the subnet
/// @param options of the driver, as asked for
public record NetworkRecord(
    String id,
    String name,
    String created,
    String bridge,
    String subnet,
    String gateway,
    List<Pool> pools,
    boolean configured,
    boolean internal,
    boolean attachable,
    Map<String, String> ipamOptions,
    Map<String, String> options,
    Map<String, String> labels) {
  public static final String BRIDGE_NAME = "com.docker.network.bridge.name";
  public static final String ENABLE_ICC = "com.docker.network.bridge.enable_icc";
  public static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
  public static final String HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4";
  public static final String MTU = "com.docker.network.driver.mtu";

  private static final int DEFAULT_MTU = 1500;

  /// A range of addresses in Docker's words; empty texts where nothing is said.
  ///
  /// @param reserved addresses that no container gets, by what they are for
  public record Pool(String subnet, String range, String gateway, Map<String, String> reserved) {
    public Pool {
      subnet = text(subnet);
      range = text(range);
      gateway = text(gateway);
      reserved = map(reserved);
    }
  }

  // A component that is missing in a file is null here.
  public NetworkRecord {
    requireNonNull(id, "id is missing");
    requireNonNull(name, "name is missing");
    requireNonNull(subnet, "subnet is missing");
    requireNonNull(gateway, "gateway is missing");
    requireNonNull(bridge, "bridge is missing");
    created = text(created);
    pools = pools == null ? List.of() : List.copyOf(pools);
    ipamOptions = map(ipamOptions);
    options = map(options);
    labels = map(labels);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Map<String, String> map(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  Inet4Network network() {
    return Inet4Network.parse(subnet);
  }

  /// What containers get addresses of.
  Inet4Network range() {
    return pools.isEmpty() || pools.getFirst().range().isEmpty()
        ? network()
        : Inet4Network.parse(pools.getFirst().range());
  }

  /// The bytes of payload of one frame.
  int mtu() {
    String asked = options.getOrDefault(MTU, "");
    return asked.isEmpty() ? DEFAULT_MTU : Integer.parseInt(asked);
  }

  /// The address of the host that ports are published at where nobody says; empty for all.
  public String hostBinding() {
    return options.getOrDefault(HOST_BINDING, "");
  }

  NetworkBridge toBridge() {
    return new NetworkBridge(
        id,
        bridge,
        network(),
        Inet4Address.ofLiteral(gateway),
        internal,
        on(ENABLE_ICC),
        on(MASQUERADE),
        mtu());
  }

  private boolean on(String option) {
    return !List.of("false", "0", "f", "F", "FALSE", "False")
        .contains(options.getOrDefault(option, "true"));
  }
}
