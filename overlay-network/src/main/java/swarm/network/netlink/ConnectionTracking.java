package swarm.network.netlink;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import swarm.linux.NetlinkSocket;
import swarm.linux.NetworkNamespaces;

/// The connections that the kernel tracks in one network namespace, and with them where it sends
/// translated ones (`linux/netfilter/nfnetlink_conntrack.h`). Thread-safe.
public final class ConnectionTracking implements AutoCloseable {
  private static final int SUBSYSTEM = 1;
  private static final int GET = 1;
  private static final int DELETE = 2;
  private static final int GET_STATS = 5;
  private static final int CTA_STATS_ENTRIES = 1;
  private static final int AF_INET = 2;
  private static final int CTA_TUPLE_ORIG = 1;
  private static final int CTA_TUPLE_REPLY = 2;
  private static final int CTA_ID = 12;
  private static final int CTA_TUPLE_IP = 1;
  private static final int CTA_TUPLE_PROTO = 2;
  private static final int CTA_IP_V4_SRC = 1;
  private static final int CTA_IP_V4_DST = 2;
  private static final int CTA_PROTO_NUM = 1;
  private static final int CTA_PROTO_DST_PORT = 3;
  private static final int HEADER_BYTES = 4;

  private final NetlinkConnection connection;

  private ConnectionTracking(NetlinkConnection connection) {
    this.connection = connection;
  }

  /// For a network namespace.
  public static ConnectionTracking open(NetworkNamespaces.Handle netns) throws IOException {
    return new ConnectionTracking(NetlinkConnection.open(netns, NetlinkSocket.NETLINK_NETFILTER));
  }

  /// A tracked connection.
  ///
  /// @param protocol the IP protocol number
  /// @param destination the address that the caller called
  /// @param destinationPort 0 for protocols without ports
  /// @param server the address that answers: another one where the destination is translated
  public record Tracked(
      int protocol, Inet4Address destination, int destinationPort, Inet4Address server) {
    /// Whether the destination is translated.
    public boolean translated() {
      return !destination.equals(server);
    }
  }

  /// Forgets the connections that match: their next packet is handled as a first one.
  ///
  /// @return how many there were
  public int forget(Predicate<Tracked> which) throws IOException {
    List<Request> requests =
        connection.query(dump()).stream()
            .filter(message -> decode(message).filter(which).isPresent())
            .map(ConnectionTracking::delete)
            .toList();
    connection.execute(requests);
    return requests.size();
  }

  /// How many there are; what it costs does not depend on that.
  public int count() throws IOException {
    return connection
        .query(
            new Request(
                "count tracked connections", SUBSYSTEM << 8 | GET_STATS, 0, header().toBytes()))
        .stream()
        .flatMap(
            message ->
                Attributes.parse(message.body(), HEADER_BYTES).bytes(CTA_STATS_ENTRIES).stream())
        .mapToInt(entries -> ByteBuffer.wrap(entries).getInt())
        .sum();
  }

  private static Request dump() {
    return new Request(
        "list tracked connections", SUBSYSTEM << 8 | GET, Request.DUMP, header().toBytes());
  }

  /// Names the connection by its original tuple, as the kernel listed it, and its id.
  private static Request delete(NetlinkConnection.Message message) {
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    byte[] original = attributes.bytes(CTA_TUPLE_ORIG).orElseThrow();
    AttributeWriter out = header().nested(CTA_TUPLE_ORIG, tuple -> tuple.raw(original));
    attributes.bytes(CTA_ID).ifPresent(id -> out.bytes(CTA_ID, id));
    return new Request("forget tracked connection", SUBSYSTEM << 8 | DELETE, 0, out.toBytes())
        .tolerating(Errno.ENOENT);
  }

  /// Decodes a listed connection; empty where it is not IPv4.
  static Optional<Tracked> decode(NetlinkConnection.Message message) {
    Attributes attributes = Attributes.parse(message.body(), HEADER_BYTES);
    Attributes original = attributes.nested(CTA_TUPLE_ORIG);
    Attributes protocol = original.nested(CTA_TUPLE_PROTO);
    Attributes reply = attributes.nested(CTA_TUPLE_REPLY);
    return original
        .nested(CTA_TUPLE_IP)
        .address(CTA_IP_V4_DST)
        .flatMap(
            destination ->
                reply
                    .nested(CTA_TUPLE_IP)
                    .address(CTA_IP_V4_SRC)
                    .map(
                        server ->
                            new Tracked(
                                protocol.bytes(CTA_PROTO_NUM).map(n -> n[0] & 0xff).orElse(0),
                                destination,
                                protocol.network16(CTA_PROTO_DST_PORT).orElse(0),
                                server)));
  }

  /// `struct nfgenmsg`.
  private static AttributeWriter header() {
    return new AttributeWriter().u8(AF_INET).u8(0).u16(0);
  }

  @Override
  public void close() {
    connection.close();
  }
}
