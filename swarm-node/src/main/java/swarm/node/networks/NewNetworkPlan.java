package swarm.node.networks;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import swarm.network.Inet4Network;
import swarm.network.bridge.BridgeAddresses;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.NewLink;
import swarm.node.networks.NetworkRecord.Pool;

/// Checks what a user asks for and settles what is left open. Pure.
final class NewNetworkPlan {
  private static final Set<String> FLAGS =
      Set.of("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

  /// As that of containers and volumes.
  private static final int LONGEST_NAME = 255;

  private static final int LEAST_MTU = 68;
  private static final int MOST_MTU = 65_535;

  private NewNetworkPlan() {}

  /// What there is already.
  ///
  /// @param networks those that users made
  /// @param bridge of containers that name no network
  /// @param bridgeSubnet its subnet
  /// @param routes of the host: a subnet that nobody asked for keeps clear of them
  record There(
      Collection<NetworkRecord> networks,
      String bridge,
      Inet4Network bridgeSubnet,
      List<Inet4Network> routes) {
    List<Inet4Network> subnets() {
      var all = new ArrayList<Inet4Network>();
      all.add(bridgeSubnet);
      networks.forEach(network -> all.add(network.network()));
      return all;
    }
  }

  /// The record of the new network.
  ///
  /// @throws NetworkException in Docker's words
  static NetworkRecord plan(NewNetwork asked, String id, String now, There there)
      throws NetworkException {
    name(asked.name(), there);
    options(asked.options());
    String bridge = bridge(asked, id, there);
    if (asked.pools().size() > 1) {
      throw NetworkException.bad("bridge driver doesn't support multiple subnets");
    }
    Pool pool = asked.pools().isEmpty() ? none() : asked.pools().getFirst();
    boolean configured = !pool.subnet().isEmpty();
    Inet4Network subnet = configured ? given(pool, there) : chosen(pool, there);
    Inet4Address gateway = gateway(pool, subnet);
    if (!pool.range().isEmpty()) {
      range(pool, subnet);
    }
    for (Map.Entry<String, String> reserved : pool.reserved().entrySet()) {
      inside("auxiliary", reserved.getValue(), subnet);
    }
    List<Pool> pools =
        configured
            ? asked.pools()
            : List.of(new Pool(subnet.toString(), "", gateway.getHostAddress(), Map.of()));
    return new NetworkRecord(
        id,
        asked.name(),
        now,
        bridge,
        subnet.toString(),
        gateway.getHostAddress(),
        pools,
        configured,
        asked.internal(),
        asked.attachable(),
        asked.ipamOptions(),
        asked.options(),
        asked.labels());
  }

  private static Pool none() {
    return new Pool("", "", "", Map.of());
  }

  private static void name(String name, There there) throws NetworkException {
    if (name.isBlank()) {
      throw NetworkException.bad("invalid name: name is empty");
    }
    if (name.length() > LONGEST_NAME) {
      throw NetworkException.bad(
          "invalid name: "
              + name.substring(0, 20)
              + "... has "
              + name.length()
              + " characters, the limit is "
              + LONGEST_NAME);
    }
    if (!NAME.matcher(name).matches()) {
      throw NetworkException.bad(
          "invalid name: \"" + name + "\" is not of the form " + NAME.pattern());
    }
    if (Predefined.is(name)) {
      throw NetworkException.forbidden(
          "operation is not permitted on predefined " + name + " network");
    }
    if (there.networks().stream().anyMatch(network -> network.name().equals(name))) {
      throw new NetworkException(409, "network with name " + name + " already exists");
    }
  }

  private static void options(Map<String, String> options) throws NetworkException {
    for (String flag : List.of(NetworkRecord.ENABLE_ICC, NetworkRecord.MASQUERADE)) {
      String value = options.getOrDefault(flag, "true");
      if (!FLAGS.contains(value)) {
        throw NetworkException.bad(
            "invalid value '" + value + "' for the option " + flag + ": it must be true or false");
      }
    }
    String mtu = options.getOrDefault(NetworkRecord.MTU, "");
    if (!mtu.isEmpty()
        && (!mtu.matches("\\d{1,5}")
            || Integer.parseInt(mtu) < LEAST_MTU
            || Integer.parseInt(mtu) > MOST_MTU)) {
      throw NetworkException.bad(
          "invalid MTU number '" + mtu + "': it must be from " + LEAST_MTU + " to " + MOST_MTU);
    }
    String binding = options.getOrDefault(NetworkRecord.HOST_BINDING, "");
    if (!binding.isEmpty()) {
      var ignored = AddressPools.address("host binding", binding);
    }
  }

  private static String bridge(NewNetwork asked, String id, There there) throws NetworkException {
    String wanted = asked.options().getOrDefault(NetworkRecord.BRIDGE_NAME, "");
    String name = wanted.isEmpty() ? LinkNames.networkBridge(id) : wanted;
    if (!name.matches("[^/\\s:]{1," + NewLink.MAX_NAME + "}")
        || name.equals(".")
        || name.equals("..")) {
      throw NetworkException.bad(
          "invalid bridge name '"
              + name
              + "': it must have 1 to "
              + NewLink.MAX_NAME
              + " characters, without blanks, slashes and colons");
    }
    for (NetworkRecord other : there.networks()) {
      if (other.bridge().equals(name)) {
        throw NetworkException.forbidden(
            "cannot create network %s (%s): conflicts with network %s (%s): networks have same bridge name"
                .formatted(id, name, other.id(), other.bridge()));
      }
    }
    if (name.equals(there.bridge())) {
      throw NetworkException.forbidden("the bridge " + name + " is that of the network bridge");
    }
    return name;
  }

  private static Inet4Network given(Pool pool, There there) throws NetworkException {
    Inet4Network subnet = AddressPools.subnet(pool.subnet());
    AddressPools.requireApart(subnet, there.subnets());
    return subnet;
  }

  private static Inet4Network chosen(Pool pool, There there) throws NetworkException {
    if (!pool.range().isEmpty() || !pool.gateway().isEmpty() || !pool.reserved().isEmpty()) {
      throw NetworkException.bad(
          "a gateway, a range or reserved addresses need the subnet that they are in");
    }
    var taken = new ArrayList<>(there.routes());
    taken.addAll(there.subnets());
    return BridgeAddresses.chooseSubnet(taken)
        .orElseThrow(
            () ->
                NetworkException.bad(
                    "could not find an available, non-overlapping IPv4 address pool among the"
                        + " defaults to assign to the network"));
  }

  private static Inet4Address gateway(Pool pool, Inet4Network subnet) throws NetworkException {
    if (!pool.gateway().isEmpty()) {
      return inside("gateway", pool.gateway(), subnet);
    }
    Inet4Network range = pool.range().isEmpty() ? subnet : range(pool, subnet);
    var reserved = new java.util.HashSet<Inet4Address>();
    for (String address : pool.reserved().values()) {
      reserved.add(AddressPools.address("auxiliary", address));
    }
    Optional<Inet4Address> first = AddressPools.next(subnet, range, reserved, Optional.empty());
    return first.orElseThrow(
        () -> NetworkException.bad("no address of " + range + " is left for the gateway"));
  }

  private static Inet4Network range(Pool pool, Inet4Network subnet) throws NetworkException {
    Inet4Network range;
    try {
      range = AddressPools.subnet(pool.range());
    } catch (NetworkException _) {
      throw NetworkException.bad(
          "Invalid sub pool " + pool.range() + " : invalid CIDR address: " + pool.range());
    }
    if (!subnet.contains(range.address()) || range.prefixLength() < subnet.prefixLength()) {
      throw NetworkException.bad(
          "invalid ip-range " + pool.range() + ": it is not in the subnet " + subnet);
    }
    return range;
  }

  private static Inet4Address inside(String what, String text, Inet4Network subnet)
      throws NetworkException {
    Inet4Address address = AddressPools.address(what, text);
    if (!AddressPools.isHost(subnet, address)) {
      throw NetworkException.bad(
          "invalid %s address %s: it does not belong to the subnet %s"
              .formatted(what, text, subnet));
    }
    return address;
  }
}
