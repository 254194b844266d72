package swarm.network.vxlan;

import java.io.IOException;
import java.net.Inet4Address;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.netlink.RouteClient;

/// What the way between hosts leaves for the frames within VXLAN packets.
public final class DataPath {
  /// Bytes of an outer IPv4, UDP and VXLAN header and the inner Ethernet header (RFC 7348).
  private static final int VXLAN_OVERHEAD = 50;

  private DataPath() {}

  /// The bytes of payload of one frame.
  ///
  /// @param underlay this host's address towards the others
  /// @throws IOException where it is not one of the host's
  public static int mtu(RouteClient routes, Inet4Address underlay) throws IOException {
    int link =
        routes.addresses().stream()
            .filter(address -> address.address().equals(underlay))
            .mapToInt(Addresses.AddressInfo::link)
            .findFirst()
            .orElseThrow(
                () ->
                    new IOException(
                        "data-path address "
                            + underlay.getHostAddress()
                            + " is no address of this host; name one that is"));
    return routes.links().stream()
            .filter(info -> info.index() == link)
            .mapToInt(LinkInfo::mtu)
            .findFirst()
            .orElseThrow(() -> new IOException("link " + link + " disappeared"))
        - VXLAN_OVERHEAD;
  }
}
