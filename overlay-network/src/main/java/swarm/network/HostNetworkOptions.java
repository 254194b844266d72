package swarm.network;

import java.nio.file.Path;
import java.util.Optional;
import swarm.network.bridge.LinkNames;
import swarm.network.netlink.NewLink;

/// How a node's networks are named and placed.
///
/// @param bridgeName the bridge of plain containers
/// @param bridgeSubnet its subnet; empty: the one that the bridge has already, else the first usual
///   one that no route of the host overlaps
/// @param netns the host's network namespace; empty: the calling thread's
/// @param linkPrefix starts the name of every other link of ours: one or two characters, so that 12
///   characters of a container id fit behind it
public record HostNetworkOptions(
    String bridgeName,
    Optional<Inet4Network> bridgeSubnet,
    Optional<Path> netns,
    String linkPrefix) {
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
    return new HostNetworkOptions("swarm0", Optional.empty(), Optional.empty(), "sw");
  }

  /// Whether an interface of this name is one that this program makes: also one that was left
  /// behind when everything else of it was removed.
  public boolean isOurs(String interfaceName) {
    var names = new LinkNames(linkPrefix, bridgeName);
    return interfaceName.equals(bridgeName)
        || interfaceName.equals(names.ingressBridge())
        || interfaceName.equals(names.ingressVxlan())
        || names.isContainerLink(interfaceName);
  }

  public HostNetworkOptions withBridgeName(String name) {
    return new HostNetworkOptions(name, bridgeSubnet, netns, linkPrefix);
  }

  public HostNetworkOptions withBridgeSubnet(Inet4Network subnet) {
    return new HostNetworkOptions(bridgeName, Optional.of(subnet), netns, linkPrefix);
  }

  public HostNetworkOptions withNetns(Path file) {
    return new HostNetworkOptions(bridgeName, bridgeSubnet, Optional.of(file), linkPrefix);
  }
}
