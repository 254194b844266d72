package swarm.network.nft;

import java.net.Inet4Address;
import java.util.List;
import swarm.network.Inet4Network;
import swarm.network.TransportProtocol;
import swarm.network.netlink.MacAddress;

/// One part of a rule: a condition (the rest of the rule is skipped unless it holds) or an action.
/// Exactly those that we use; see [NftText] for how `nft` writes each.
public sealed interface Statement {
  /// Which end of a packet's way.
  enum End {
    SOURCE,
    DESTINATION
  }

  /// Where a mark is kept.
  enum Mark {
    PACKET,
    CONNECTION
  }

  // conditions

  /// The packet came in (source) or goes out (destination) by the interface, or by any whose name
  /// begins so where this one ends in a star.
  record InterfaceIs(End end, String name, boolean negated) implements Statement {}

  /// The address lies in the network.
  record AddressIn(End end, Inet4Network network, boolean negated) implements Statement {}

  /// The address is in the named set.
  record AddressInSet(End end, String set, boolean negated) implements Statement {}

  /// The frame's receiver.
  record ReceiverIs(MacAddress mac, boolean negated) implements Statement {}

  /// The transport protocol.
  record ProtocolIs(TransportProtocol protocol) implements Statement {}

  /// The transport protocol and its destination port.
  record PortIs(TransportProtocol protocol, int port) implements Statement {}

  /// The destination is an address of this host.
  record LocalDestination() implements Statement {}

  /// The connection's destination was translated.
  record DestinationTranslated() implements Statement {}

  /// The packet belongs to a connection that has been answered, or tells of one (ICMP errors).
  record ConnectionKnown() implements Statement {}

  /// A TCP packet that opens or answers an opening.
  record TcpSyn() implements Statement {}

  /// These bits of the mark have this value, in the machine's order.
  record MarkIs(Mark mark, int mask, int value) implements Statement {}

  // verdicts

  record Drop() implements Statement {}

  /// No later rule of this base chain is asked.
  record Accept() implements Statement {}

  /// Goes on in another chain, then comes back.
  record Jump(String chain) implements Statement {}

  /// Goes where the named map leads for the packet's protocol and destination port.
  record GotoByPort(String map) implements Statement {}

  /// The packet is dropped, and its sender told that nobody listens.
  record Reject() implements Statement {}

  // actions

  /// Connection tracking leaves the packet alone.
  record NoTrack() implements Statement {}

  /// The source becomes the address of the interface that it leaves by.
  record Masquerade() implements Statement {}

  /// The destination becomes this address; the port stays.
  record Translate(Inet4Address address) implements Statement {}

  /// The destination becomes an address of its own for each sender: in this /8 network, the last
  /// three octets are those of the sender's Ethernet address. The port stays.
  record TranslateBySender(Inet4Network network) implements Statement {
    public TranslateBySender {
      if (network.prefixLength() != 8) {
        throw new IllegalArgumentException(network + " is no /8");
      }
    }
  }

  /// The destination becomes what the named map holds for protocol and port, or for address,
  /// protocol and port; without an element the next rule is tried.
  record TranslateByMap(String map, boolean byAddress) implements Statement {}

  /// The destination becomes each of these in turn, one connection each. The protocol must have
  /// been matched before.
  record TranslateInTurn(List<Backend> backends) implements Statement {
    public TranslateInTurn {
      if (backends.isEmpty()) {
        throw new IllegalArgumentException("no backend to translate to");
      }
    }
  }

  /// The destination becomes one of these, the same for all connections of one caller: a hash of
  /// its address numbers them. The protocol must have been matched before.
  record TranslateByCaller(List<Backend> backends) implements Statement {
    public TranslateByCaller {
      if (backends.isEmpty()) {
        throw new IllegalArgumentException("no backend to translate to");
      }
    }
  }

  /// The destination becomes what the named map holds for it and a number below `count`, by a hash
  /// of the caller's address; the port stays.
  record TranslateToCallers(String map, int count) implements Statement {
    public TranslateToCallers {
      if (count < 1) {
        throw new IllegalArgumentException("one of " + count);
      }
    }
  }

  /// The destination becomes what the named map holds for it and a number below `count`, by chance
  /// for each connection; the port stays.
  record TranslateToOneOf(String map, int count) implements Statement {
    public TranslateToOneOf {
      if (count < 1) {
        throw new IllegalArgumentException("one of " + count);
      }
    }
  }

  /// An address and a port.
  record Backend(Inet4Address address, int port) {}

  /// Lowers the segment size that a TCP opening announces.
  record ClampSegment(int bytes) implements Statement {}

  /// The connection's mark becomes the last four octets of the sender's Ethernet address.
  record MarkConnectionBySender() implements Statement {}

  /// The connection is tracked in a zone of its own for each sender (the last two octets of its
  /// Ethernet address): equal connections by two senders are two.
  record ZoneBySender() implements Statement {}

  /// The packet's mark becomes its connection's.
  record MarkPacketByConnection() implements Statement {}

  /// The last four octets of the receiver's Ethernet address become the packet's mark.
  record ReceiverByMark() implements Statement {}
}
