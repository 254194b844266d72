package swarm.network.reconcile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import swarm.network.netlink.Attributes;
import swarm.network.nft.Table;

/// Reasons to look whether all is as it should be.
///
/// @param host whether interfaces, addresses or rules of the host may have been changed
/// @param touched the host's tables that somebody else has changed
/// @param containers whether a container's namespace may have lost rules
/// @param lost whether something may have been changed that nobody told of
public record News(boolean host, Set<Table> touched, boolean containers, boolean lost) {
  /// No reason at all.
  public static final News NONE = new News(false, Set.of(), false, false);

  private static final News HOST = new News(true, Set.of(), false, false);
  private static final News CONTAINERS = new News(false, Set.of(), true, false);

  /// Nobody knows what has changed: all is to be looked at, thoroughly.
  public static final News ALL = new News(true, Set.of(), true, true);

  private static final int HEADER_BYTES = 16;
  private static final int LINK_HEADER_BYTES = 16;
  private static final int NFT_HEADER_BYTES = 4;
  private static final int NEW_LINK = 16;
  private static final int DELETE_LINK = 17;
  private static final int DELETE_ADDRESS = 21;
  private static final int IFF_UP = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MASTER = 10;
  private static final int NFT_SUBSYSTEM = 10;
  private static final int NEW_TABLE = 0;
  private static final int DELETE_TABLE = 2;

  public News {
    touched = Set.copyOf(touched);
  }

  /// Whether there is no reason.
  public boolean isNone() {
    return !host && !containers && !lost;
  }

  /// These and others.
  public News and(News other) {
    var all = new HashSet<>(touched);
    all.addAll(other.touched);
    return new News(host || other.host, all, containers || other.containers, lost || other.lost);
  }

  /// What a kernel says that we do not understand is a reason to look at everything.
  private static News orAll(Supplier<News> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException _) {
      return ALL;
    }
  }

  /// One message of the kernel's.
  ///
  /// @param port of the socket that asked for the change; 0 for the kernel's own
  private record Message(int type, int port, byte[] body) {}

  private static List<Message> messages(byte[] datagram) {
    ByteBuffer in = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    var all = new ArrayList<Message>();
    int at = 0;
    while (at + HEADER_BYTES <= datagram.length) {
      int length = in.getInt(at);
      if (length < HEADER_BYTES || at + length > datagram.length) {
        break;
      }
      all.add(
          new Message(
              in.getShort(at + 4) & 0xffff,
              in.getInt(at + 12),
              Arrays.copyOfRange(datagram, at + HEADER_BYTES, at + length)));
      at += length + 3 & ~3;
    }
    return all;
  }

  /// What rtnetlink tells of the host's links and addresses. An interface that is just being made
  /// looks as one that was pulled out: looking costs little. Pure.
  ///
  /// @param isOurs by the name of a link
  static News ofLinks(byte[] datagram, Predicate<String> isOurs) {
    return orAll(() -> links(datagram, isOurs));
  }

  private static News links(byte[] datagram, Predicate<String> isOurs) {
    for (Message message : messages(datagram)) {
      boolean matters =
          switch (message.type()) {
            case DELETE_ADDRESS -> true;
            case NEW_LINK, DELETE_LINK -> isLoss(message, isOurs);
            default -> false;
          };
      if (matters) {
        return HOST;
      }
    }
    return NONE;
  }

  private static boolean isLoss(Message message, Predicate<String> isOurs) {
    if (message.body().length < LINK_HEADER_BYTES) {
      return true;
    }
    Attributes link = Attributes.parse(message.body(), LINK_HEADER_BYTES);
    if (link.text(IFLA_IFNAME).filter(isOurs).isEmpty()) {
      return false;
    }
    int flags = ByteBuffer.wrap(message.body()).order(ByteOrder.nativeOrder()).getInt(8);
    return message.type() == DELETE_LINK
        || (flags & IFF_UP) == 0
        || link.u32(IFLA_MASTER).isEmpty();
  }

  /// What nf_tables tells of the host's tables. Pure.
  ///
  /// @param own port of the one socket by which we change them
  /// @param matters which tables, whoever made them
  static News ofRules(byte[] datagram, int own, Predicate<Table> matters) {
    return orAll(() -> rules(datagram, own, matters));
  }

  private static News rules(byte[] datagram, int own, Predicate<Table> matters) {
    var touched = new HashSet<Table>();
    for (Message message : messages(datagram)) {
      if (message.port() != own) {
        table(message).filter(matters).ifPresent(touched::add);
      }
    }
    return touched.isEmpty() ? NONE : new News(true, touched, false, false);
  }

  /// What nf_tables tells of other namespaces: that one lost a table of ours and did not get it
  /// again in the same breath, as when we write it anew. Pure.
  static News ofNeighbours(byte[] datagram, Predicate<Table> isOurs) {
    return orAll(() -> neighbours(datagram, isOurs));
  }

  private static News neighbours(byte[] datagram, Predicate<Table> isOurs) {
    var gone = new HashSet<Table>();
    for (Message message : messages(datagram)) {
      Optional<Table> table = table(message).filter(isOurs);
      if (table.isPresent() && (message.type() & 0xff) == DELETE_TABLE) {
        gone.add(table.get());
      } else if (table.isPresent() && (message.type() & 0xff) == NEW_TABLE) {
        gone.remove(table.get());
      }
    }
    return gone.isEmpty() ? NONE : CONTAINERS;
  }

  private static Optional<Table> table(Message message) {
    if (message.type() >> 8 != NFT_SUBSYSTEM || message.body().length < NFT_HEADER_BYTES) {
      return Optional.empty();
    }
    // every kind of message but that of the generation has its table's name first
    return Table.Family.of(message.body()[0])
        .flatMap(
            family ->
                Attributes.parse(message.body(), NFT_HEADER_BYTES)
                    .text(1)
                    .map(name -> new Table(family, name)));
  }
}
