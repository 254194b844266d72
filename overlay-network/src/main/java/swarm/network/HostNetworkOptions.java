package swarm.network;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.NewLink;

/// How a node's networks are named and placed.
///
/// @param bridgeName the bridge of plain containers
/// @param bridgeSubnet its subnet; empty: the one that the bridge has already, else the first usual
///   one that no route of the host overlaps
/// @param netns the host's network namespace; empty: the calling thread's
/// @param reserved subnets that the bridge does not choose: those of networks that users made
/// @param linkPrefix starts the name of every other link of ours: one or two characters, so that 12
///   characters of a container id fit behind it
public record HostNetworkOptions(
    String bridgeName,
    Optional<Inet4Network> bridgeSubnet,
    Optional<Path> netns,
    List<Inet4Network> reserved,
    String linkPrefix) {
  /// As Docker calls them, too: no node is to be reached there either.
  private static final Pattern NETWORK_BRIDGE = Pattern.compile("br-[0-9a-f]{12}");

  /// @throws IllegalArgumentException where a name does not fit the kernel's limit, or the subnet
  ///   has no room
  public HostNetworkOptions {
    if (bridgeName.isEmpty() || bridgeName.length() > NewLink.MAX_NAME) {
      throw new IllegalArgumentException(
          "bridge name \"" + bridgeName + "\" must have 1 to " + NewLink.MAX_NAME + " characters");
    }
    if (!linkPrefix.matches("[a-z]{1,2}")) {
      throw new IllegalArgumentException(
          "link prefix \"" + linkPrefix + "\" must be one or two lower-case letters");
    }
    reserved = List.copyOf(reserved);
    bridgeSubnet.ifPresent(
        subnet -> {
          if (subnet.prefixLength() > 29) {
            throw new IllegalArgumentException(
                "bridge subnet " + subnet + " has no room for containers; /29 is the smallest");
          }
        });
  }

  /// Bridge `swarm0`, links `sw...`, a free subnet, the calling thread's namespace.
  public static HostNetworkOptions defaults() {
    return new HostNetworkOptions("swarm0", Optional.empty(), Optional.empty(), List.of(), "sw");
  }

  /// Whether an interface of this name is one that this program makes: also one that was left
  /// behind when everything else of it was removed.
  public boolean isOurs(String interfaceName) {
    var names = new LinkNames(linkPrefix, bridgeName);
    return interfaceName.equals(bridgeName)
        || interfaceName.equals(names.ingressBridge())
        || interfaceName.equals(names.ingressVxlan())
        || NETWORK_BRIDGE.matcher(interfaceName).matches()
        || names.isOverlay(interfaceName)
        || names.isContainerLink(interfaceName);
  }

  public HostNetworkOptions withBridgeName(String name) {
    return new HostNetworkOptions(name, bridgeSubnet, netns, reserved, linkPrefix);
  }

  public HostNetworkOptions withBridgeSubnet(Inet4Network subnet) {
    return new HostNetworkOptions(bridgeName, Optional.of(subnet), netns, reserved, linkPrefix);
  }

  public HostNetworkOptions withNetns(Path file) {
    return new HostNetworkOptions(
        bridgeName, bridgeSubnet, Optional.of(file), reserved, linkPrefix);
  }

  public HostNetworkOptions withReserved(List<Inet4Network> subnets) {
    return new HostNetworkOptions(bridgeName, bridgeSubnet, netns, subnets, linkPrefix);
  }
}
