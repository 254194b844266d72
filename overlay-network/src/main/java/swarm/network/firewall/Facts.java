package swarm.network.firewall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import swarm.network.firewall.Registers.Knowledge;
import swarm.network.firewall.Registers.Value;

/// What expressions load for packets of one kind. Pure.
final class Facts {
  static final int STATE_NEW = 1 << 3;
  static final int STATE_UNTRACKED = 1 << 6;
  static final int STATUS_DESTINATION_TRANSLATED = 1 << 5;

  private static final int INTERFACE_NAME_BYTES = 16;
  private static final int NETWORK_HEADER = 1;
  private static final int TRANSPORT_HEADER = 2;
  private static final int TCP = 6;
  private static final byte SYN = 2;
  private static final int RTN_UNICAST = 1;
  private static final int RTN_LOCAL = 2;

  private final Packet packet;

  Facts(Packet packet) {
    this.packet = packet;
  }

  /// `enum nft_meta_keys`.
  Value meta(int key) {
    return switch (key) {
      case 1 -> Value.known((byte) 0x08, (byte) 0x00);
      case 4 -> machine(packet.in().index());
      case 5 -> machine(packet.out().map(Packet.Link::index).orElse(0));
      case 6 -> name(Optional.of(packet.in()));
      case 7 -> name(packet.out());
      case 15 -> Value.known((byte) 2);
      case 16 -> Value.known((byte) packet.protocol().number());
      case 19 -> Value.known((byte) 0);
      default -> Value.varies(INTERFACE_NAME_BYTES);
    };
  }

  /// `enum nft_ct_keys`.
  Value conntrack(int key) {
    return switch (key) {
      case 0 -> machine(state());
      case 1 -> Value.known((byte) 0);
      case 2 -> machine(status());
      default -> Value.varies(INTERFACE_NAME_BYTES);
    };
  }

  int state() {
    return packet.tracking() == Packet.Tracking.UNTRACKED ? STATE_UNTRACKED : STATE_NEW;
  }

  int status() {
    return packet.tracking() == Packet.Tracking.TRANSLATED ? STATUS_DESTINATION_TRANSLATED : 0;
  }

  /// An address's kind, which is known of destinations: the host's own, or another's.
  Value fib(int result, int flags) {
    boolean kindOfDestination = result == 3 && (flags & 3) == 2;
    return kindOfDestination
        ? machine(packet.out().isPresent() ? RTN_UNICAST : RTN_LOCAL)
        : Value.varies(4);
  }

  Value payload(int base, int offset, int length) {
    Value value = Value.varies(Math.clamp(length, 0, INTERFACE_NAME_BYTES));
    switch (base) {
      case NETWORK_HEADER -> {
        put(value, 9 - offset, (byte) packet.protocol().number());
        packet.destination().ifPresent(to -> put(value, 16 - offset, to.getAddress()));
      }
      case TRANSPORT_HEADER -> {
        packet.port().ifPresent(port -> put(value, 2 - offset, (byte) (port >>> 8), (byte) port));
        if (packet.protocol().number() == TCP) {
          put(value, 13 - offset, SYN);
        }
      }
      default -> {}
    }
    return value;
  }

  /// Makes known what of these bytes lies within the value.
  private static void put(Value into, int at, byte... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (at + i >= 0 && at + i < into.bytes().length) {
        into.bytes()[at + i] = bytes[i];
        into.each()[at + i] = Knowledge.KNOWN;
      }
    }
  }

  /// Whether a match of iptables holds.
  Truth match(String name, int revision, byte[] info) {
    ByteBuffer in = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
    return switch (name + " " + revision) {
      case "comment 0" -> Truth.YES;
      case "conntrack 2", "conntrack 3" -> tracked(in);
      case "state 0" -> info.length < 4 ? Truth.UNREAD : Truth.of((in.getInt(0) & xtState(6)) != 0);
      case "tcp 0" -> info.length < 12 ? Truth.UNREAD : ports(in, in.get(11), in.get(8) == 0);
      case "udp 0" -> info.length < 9 ? Truth.UNREAD : ports(in, in.get(8), true);
      case "multiport 1" -> info.length < 48 ? Truth.UNREAD : multiport(in);
      case "addrtype 1" -> info.length < 8 ? Truth.UNREAD : addressType(in);
      default ->
          switch (name) {
            case "limit", "hashlimit", "recent", "mac", "mark", "connmark", "set", "connlimit" ->
                Truth.VARIES;
            default -> Truth.UNREAD;
          };
    };
  }

  /// A packet's bit in the masks of iptables (`xt_conntrack.h`).
  private int xtState(int untrackedBit) {
    return packet.tracking() == Packet.Tracking.UNTRACKED ? 1 << untrackedBit : STATE_NEW;
  }

  /// `struct xt_conntrack_mtinfo3`, where it asks for the state alone.
  private Truth tracked(ByteBuffer in) {
    int stateOnly = 1;
    if (in.capacity() < 152 || in.getShort(146) != stateOnly) {
      return Truth.UNREAD;
    }
    int bits = xtState(8) | (status() != 0 ? 1 << 7 : 0);
    boolean inverted = (in.getShort(148) & stateOnly) != 0;
    return Truth.of(((in.getShort(150) & 0xffff & bits) != 0) != inverted);
  }

  /// Ranges of source and destination ports, as `struct xt_tcp` and `xt_udp` begin.
  private Truth ports(ByteBuffer in, byte inverted, boolean nothingElse) {
    Truth source = within(in, 0, Optional.empty());
    Optional<Integer> known =
        packet.port().isPresent() ? Optional.of(packet.port().getAsInt()) : Optional.empty();
    Truth destination = within(in, 4, known);
    int invertedSource = 1;
    int invertedDestination = 2;
    Truth flags = nothingElse ? flags(in, inverted) : Truth.VARIES;
    return ((inverted & invertedSource) != 0 ? source.not() : source)
        .and((inverted & invertedDestination) != 0 ? destination.not() : destination)
        .and(flags);
  }

  /// The flags of TCP that `--syn` and `--tcp-flags` ask for; a connection begins with SYN alone.
  private Truth flags(ByteBuffer in, byte inverted) {
    if (packet.protocol().number() != TCP || in.capacity() < 12) {
      return Truth.YES;
    }
    boolean as = (2 & in.get(9)) == in.get(10);
    return Truth.of(as != ((inverted & 4) != 0));
  }

  private static Truth within(ByteBuffer in, int at, Optional<Integer> port) {
    int from = in.getShort(at) & 0xffff;
    int to = in.getShort(at + 2) & 0xffff;
    if (from == 0 && to == 0xffff) {
      return Truth.YES;
    }
    return port.map(number -> Truth.of(number >= from && number <= to)).orElse(Truth.VARIES);
  }

  /// `struct xt_multiport_v1`.
  private Truth multiport(ByteBuffer in) {
    int destinations = 1;
    if (in.get(0) != destinations || packet.port().isEmpty()) {
      return Truth.VARIES;
    }
    int port = packet.port().getAsInt();
    int count = Math.min(in.get(1), 15);
    boolean found = false;
    for (int i = 0; i < count; i++) {
      int from = in.getShort(2 + 2 * i) & 0xffff;
      boolean range = in.get(32 + i) != 0 && i + 1 < count;
      int to = range ? in.getShort(4 + 2 * i) & 0xffff : from;
      found |= port >= from && port <= to;
      i += range ? 1 : 0;
    }
    return Truth.of(found != (in.get(47) != 0));
  }

  /// `struct xt_addrtype_info_v1`, where it asks for the destination alone.
  private Truth addressType(ByteBuffer in) {
    int source = in.getShort(0);
    int destination = in.getShort(2) & 0xffff;
    int flags = in.getInt(4);
    int invertedDestination = 2;
    if (source != 0 || (flags & ~invertedDestination) != 0) {
      return Truth.UNREAD;
    }
    int kind = 1 << (packet.out().isPresent() ? RTN_UNICAST : RTN_LOCAL);
    return Truth.of(((destination & kind) != 0) != ((flags & invertedDestination) != 0));
  }

  private static Value machine(int value) {
    return Value.known(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  private static Value name(Optional<Packet.Link> link) {
    byte[] text = link.map(Packet.Link::name).orElse("").getBytes(StandardCharsets.US_ASCII);
    return Value.known(Arrays.copyOf(text, INTERFACE_NAME_BYTES));
  }

  /// Whether a rule is for packets of the kind.
  enum Truth {
    YES,
    NO,
    /// For some of them.
    VARIES,
    /// It cannot be told.
    UNREAD;

    static Truth of(boolean known) {
      return known ? YES : NO;
    }

    static Truth of(boolean holds, Knowledge knowledge) {
      return switch (knowledge) {
        case KNOWN -> of(holds);
        case VARIES -> VARIES;
        case UNREAD -> UNREAD;
      };
    }

    Truth and(Truth other) {
      if (this == NO || other == NO) {
        return NO;
      }
      return compareTo(other) >= 0 ? this : other;
    }

    Truth not() {
      return switch (this) {
        case YES -> NO;
        case NO -> YES;
        case VARIES, UNREAD -> this;
      };
    }
  }
}
