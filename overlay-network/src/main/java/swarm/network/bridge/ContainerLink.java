package swarm.network.bridge;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import swarm.linux.NetworkNamespaces;
import swarm.network.netlink.Errno;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.Links;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.NetlinkException;
import swarm.network.netlink.NewLink;
import swarm.network.netlink.RouteClient;

/// A cable between a bridge of the host and a container: a veth pair whose ends are born where they
/// belong, up and plugged in.
///
/// @param hostName the host's end
/// @param containerName the container's end, such as `eth0`
/// @param owner whose it is; kept by the kernel as the host end's alias
/// @param mtu bytes
/// @param bridge index of the bridge on the host
/// @param mac the container's Ethernet address on this link
public record ContainerLink(
    String hostName, String containerName, Owner owner, int mtu, int bridge, MacAddress mac) {
  /// With the Ethernet address that is derived from the container's address.
  public ContainerLink(String hostName, String containerName, Owner owner, int mtu, int bridge) {
    this(hostName, containerName, owner, mtu, bridge, MacAddress.derivedFrom(owner.address()));
  }

  /// Who a link belongs to, as its alias says.
  ///
  /// @param containerId the full id
  /// @param address the container's address on this link
  public record Owner(String containerId, Inet4Address address) {
    /// The text that the kernel keeps.
    public String alias() {
      return "swarm " + containerId + " " + address.getHostAddress();
    }

    /// Reads an alias; empty where it is not one of ours.
    public static Optional<Owner> parse(String alias) {
      String[] words = alias.split(" ", -1);
      if (words.length != 3 || !words[0].equals("swarm")) {
        return Optional.empty();
      }
      try {
        return Optional.of(new Owner(words[1], Inet4Address.ofLiteral(words[2])));
      } catch (IllegalArgumentException e) {
        // an alias that someone else wrote
        return Optional.empty();
      }
    }
  }

  /// Makes the pair. One that is there already and leads to this container is kept, and plugged in
  /// where somebody pulled it out; any other of the name is a leftover of a broken run and is
  /// replaced.
  public void plug(RouteClient host, NetworkNamespaces.Handle netns) throws IOException {
    try {
      create(host, netns);
    } catch (NetlinkException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      Optional<LinkInfo> there = host.link(hostName);
      if (there.isPresent() && leadsTo(netns)) {
        insert(host, there.get());
      } else {
        host.execute(Links.delete(hostName));
        create(host, netns);
      }
    }
  }

  private void insert(RouteClient host, LinkInfo link) throws IOException {
    if (link.master().orElse(0) != bridge) {
      host.execute(Links.setMaster(link.index(), bridge));
    }
    if (!link.up()) {
      host.execute(Links.up(link.index()));
    }
  }

  private void create(RouteClient host, NetworkNamespaces.Handle netns) throws IOException {
    var inside =
        new NewLink.Peer(
            containerName, Optional.of(mac()), OptionalInt.of(mtu), OptionalInt.of(netns.fd()));
    NewLink outside =
        NewLink.of(hostName, new NewLink.Kind.Veth(inside)).withMtu(mtu).withMaster(bridge);
    host.execute(List.of(Links.add(outside), Links.setAlias(hostName, owner.alias())));
  }

  private boolean leadsTo(NetworkNamespaces.Handle netns) throws IOException {
    try (RouteClient container = RouteClient.open(netns)) {
      return container.link(containerName).flatMap(LinkInfo::mac).equals(Optional.of(mac()));
    }
  }
}
