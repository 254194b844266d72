package swarm.network.nft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import swarm.linux.NetlinkSocket;
import swarm.linux.NetworkNamespaces;
import swarm.network.netlink.Attributes;
import swarm.network.netlink.Errno;
import swarm.network.netlink.NetlinkConnection;
import swarm.network.netlink.NetlinkException;
import swarm.network.netlink.Request;

/// nf_tables of one network namespace, in process. Thread-safe.
public final class NftClient implements NftApplier, AutoCloseable {
  private static final int HEADER_BYTES = 4;
  private static final int VERDICT_RETURN = -5;

  private final NetlinkConnection connection;

  private NftClient(NetlinkConnection connection) {
    this.connection = connection;
  }

  /// For the calling thread's network namespace.
  public static NftClient open() throws IOException {
    return new NftClient(NetlinkConnection.open(NetlinkSocket.NETLINK_NETFILTER));
  }

  /// For another network namespace.
  public static NftClient open(NetworkNamespaces.Handle netns) throws IOException {
    return new NftClient(NetlinkConnection.open(netns, NetlinkSocket.NETLINK_NETFILTER));
  }

  @Override
  public void apply(List<Change> changes) throws IOException {
    if (!changes.isEmpty()) {
      connection.transact(NftEncoder.encode(changes));
    }
  }

  /// The tables of a family.
  public Set<Table> tables(Table.Family family) throws IOException {
    var tables = new HashSet<Table>();
    for (Attributes table : attributes(NftEncoder.dumpTables(family))) {
      table.text(1).ifPresent(name -> tables.add(new Table(family, name)));
    }
    return tables;
  }

  /// The number by which the kernel tells whose a change was.
  public int port() throws IOException {
    return connection.port();
  }

  /// Whether the table is there.
  public boolean exists(Table table) throws IOException {
    return finds(NftEncoder.getTable(table));
  }

  /// Whether the chain is there.
  public boolean exists(Table table, String chain) throws IOException {
    return finds(NftEncoder.getChain(table, chain));
  }

  private boolean finds(Request request) throws IOException {
    try {
      return !connection.query(request).isEmpty();
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  /// An element as the kernel holds it.
  ///
  /// @param key the concatenated key, each part padded to 4 bytes
  /// @param data the concatenated value; empty in sets
  /// @param comment empty where it has none
  public record RawElement(byte[] key, byte[] data, String comment) {}

  /// The elements of a set or value map; none where the set or its table is not there.
  public List<RawElement> elements(Table table, String set) throws IOException {
    List<NetlinkConnection.Message> messages;
    try {
      messages = connection.query(NftEncoder.dumpElements(table, set));
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENOENT) {
        return List.of();
      }
      throw e;
    }
    var elements = new ArrayList<RawElement>();
    for (NetlinkConnection.Message message : messages) {
      byte[] list = Attributes.parse(message.body(), HEADER_BYTES).bytes(3).orElse(new byte[0]);
      for (byte[] element : Attributes.list(list)) {
        elements.add(decode(Attributes.parse(element, 0)));
      }
    }
    return elements;
  }

  /// Every chain of a family, undecoded: `enum nft_chain_attributes` of `nf_tables.h`.
  public List<Attributes> chains(Table.Family family) throws IOException {
    return attributes(NftEncoder.dumpChains(family));
  }

  /// The rules of a chain, in order, undecoded (`enum nft_rule_attributes`); none where it is not
  /// there.
  public List<Attributes> undecodedRules(Table table, String chain) throws IOException {
    return attributes(NftEncoder.dumpRules(table, chain)).stream()
        .filter(rule -> rule.text(2).filter(chain::equals).isPresent())
        .toList();
  }

  /// The elements of a set or map of any kind, undecoded (`enum nft_set_elem_attributes`); none
  /// where it is not there.
  public List<Attributes> undecodedElements(Table table, String set) throws IOException {
    var elements = new ArrayList<Attributes>();
    try {
      for (Attributes message : attributes(NftEncoder.dumpElements(table, set))) {
        for (byte[] element : Attributes.list(message.bytes(3).orElse(new byte[0]))) {
          elements.add(Attributes.parse(element, 0));
        }
      }
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    return elements;
  }

  private List<Attributes> attributes(Request request) throws IOException {
    return connection.query(request).stream()
        .map(message -> Attributes.parse(message.body(), HEADER_BYTES))
        .toList();
  }

  /// A rule as the kernel holds it.
  ///
  /// @param handle by which it is removed
  /// @param comment empty where it has none
  /// @param returns whether it returns from the chain, whatever the packet
  public record RawRule(long handle, String comment, boolean returns) {}

  /// The rules of a chain, in order; none where it is not there.
  public List<RawRule> rules(Table table, String chain) throws IOException {
    return connection.query(NftEncoder.dumpRules(table, chain)).stream()
        .map(message -> Attributes.parse(message.body(), HEADER_BYTES))
        .filter(rule -> rule.text(2).filter(chain::equals).isPresent())
        .map(
            rule ->
                new RawRule(
                    ByteBuffer.wrap(rule.bytes(3).orElseThrow()).getLong(),
                    comment(rule.bytes(7).orElse(new byte[0])),
                    returns(Attributes.list(rule.bytes(4).orElse(new byte[0])))))
        .toList();
  }

  private static boolean returns(List<byte[]> expressions) {
    List<Attributes> all = expressions.stream().map(one -> Attributes.parse(one, 0)).toList();
    return all.stream().allMatch(one -> isCounter(one) || isReturn(one))
        && all.stream().anyMatch(NftClient::isReturn);
  }

  private static boolean isCounter(Attributes expression) {
    return expression.text(1).filter("counter"::equals).isPresent();
  }

  private static boolean isReturn(Attributes expression) {
    return expression.text(1).filter("immediate"::equals).isPresent()
        && expression
            .nested(2)
            .nested(2)
            .nested(2)
            .bytes(1)
            .filter(verdict -> ByteBuffer.wrap(verdict).getInt() == VERDICT_RETURN)
            .isPresent();
  }

  private static RawElement decode(Attributes element) {
    byte[] none = {};
    return new RawElement(
        element.nested(1).bytes(1).orElse(none),
        element.nested(2).bytes(1).orElse(none),
        comment(element.bytes(6).orElse(none)));
  }

  /// What a rule's or element's user data (libnftnl's) has for a comment; empty for none.
  public static String comment(byte[] userdata) {
    boolean isComment = userdata.length > 2 && userdata[0] == 0;
    return isComment
        ? new String(userdata, 2, (userdata[1] & 0xff) - 1, StandardCharsets.UTF_8)
        : "";
  }

  @Override
  public void close() {
    connection.close();
  }
}
