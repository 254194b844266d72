package swarm.network.netlink;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import swarm.linux.NetlinkSocket;
import swarm.linux.NetworkNamespaces;

/// The kernel's links, addresses, routes and neighbours in one network namespace. Thread-safe.
public final class RouteClient implements AutoCloseable {
  private final NetlinkConnection connection;

  private RouteClient(NetlinkConnection connection) {
    this.connection = connection;
  }

  /// For the calling thread's network namespace.
  public static RouteClient open() throws IOException {
    return new RouteClient(NetlinkConnection.open(NetlinkSocket.NETLINK_ROUTE));
  }

  /// For another network namespace.
  public static RouteClient open(NetworkNamespaces.Handle netns) throws IOException {
    return new RouteClient(NetlinkConnection.open(netns, NetlinkSocket.NETLINK_ROUTE));
  }

  /// Sends the requests in order; see [NetlinkConnection#execute].
  public void execute(List<Request> requests) throws IOException {
    connection.execute(requests);
  }

  /// As [#execute(List)].
  public void execute(Request... requests) throws IOException {
    connection.execute(requests);
  }

  /// Every link.
  public List<LinkInfo> links() throws IOException {
    return connection.query(Links.dump()).stream().map(LinkInfo::decode).toList();
  }

  /// The link of this name, or empty where it is not there.
  public Optional<LinkInfo> link(String name) throws IOException {
    try {
      return Optional.of(LinkInfo.decode(connection.query(Links.get(name)).getFirst()));
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Every IPv4 address.
  public List<Addresses.AddressInfo> addresses() throws IOException {
    return connection.query(Addresses.dump()).stream()
        .map(Addresses::decode)
        .flatMap(Optional::stream)
        .toList();
  }

  /// Every IPv4 route.
  public List<Routes.RouteInfo> routes() throws IOException {
    return connection.query(Routes.dump()).stream().map(Routes::decode).toList();
  }

  /// The index of the link that the main table's default route leads to; empty where it has none.
  public OptionalInt defaultLink() throws IOException {
    return connection.query(Routes.dump()).stream()
        .filter(message -> Routes.decode(message).isDefault())
        .flatMapToInt(message -> Routes.link(message).stream())
        .findFirst();
  }

  /// Every permanent neighbour.
  public List<Neighbours.NeighbourInfo> neighbours() throws IOException {
    return connection.query(Neighbours.dump()).stream()
        .map(Neighbours::decode)
        .flatMap(Optional::stream)
        .toList();
  }

  /// Every forwarding entry that leads to another host.
  public List<Neighbours.ForwardingInfo> forwarding() throws IOException {
    return connection.query(Neighbours.dumpForwarding()).stream()
        .map(Neighbours::decodeForwarding)
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public void close() {
    connection.close();
  }
}
