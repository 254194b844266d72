package swarm.network.firewall;

import java.util.OptionalInt;

/// One of a rule's expressions, as far as a packet's fate depends on it (`nf_tables.h`). Registers
/// are numbered as the kernel does.
sealed interface Expression {
  /// Loads what is known beside the packet: interfaces, protocol, mark.
  record Meta(int key, int register) implements Expression {}

  /// Loads what connection tracking says.
  record Conntrack(int key, int register) implements Expression {}

  /// Loads bytes of the packet.
  record Payload(int base, int offset, int length, int register) implements Expression {}

  /// Loads what the routing table says of an address.
  record Fib(int result, int flags, int register) implements Expression {}

  /// Loads a constant.
  record Constant(int register, byte[] value) implements Expression {}

  /// Masks and inverts bits.
  record Bitwise(int from, int to, byte[] mask, byte[] flip) implements Expression {}

  /// Turns numbers of so many bytes round.
  record ByteOrder(int from, int to, int length, int size) implements Expression {}

  /// Goes on only where it holds.
  ///
  /// @param operator `enum nft_cmp_ops`
  record Compare(int register, int operator, byte[] with) implements Expression {}

  /// Goes on only within the bounds, or only outside.
  record Range(int register, boolean negated, byte[] from, byte[] to) implements Expression {}

  /// Goes on only where the set has the value; a map's value goes where `to` says.
  record Lookup(String set, int register, OptionalInt to, boolean inverted) implements Expression {}

  /// Decides.
  ///
  /// @param code `enum nft_verdicts` and `NF_DROP`, `NF_ACCEPT`
  /// @param chain where it leads, if anywhere
  record Verdict(int code, String chain) implements Expression {
    static final int DROP = 0;
    static final int ACCEPT = 1;
    static final int CONTINUE = -1;
    static final int JUMP = -3;
    static final int GOTO = -4;
    static final int RETURN = -5;
  }

  /// A match of iptables: goes on only where it holds.
  record Match(String name, int revision, byte[] info) implements Expression {}

  /// A target of iptables.
  record Target(String name) implements Expression {}

  /// The packet is dropped and its sender told.
  record Reject() implements Expression {}

  /// The packet goes on, whatever is noted of it or changed in it.
  record PassesBy() implements Expression {}

  /// Goes on only for some packets: rates and quotas.
  record Sometimes() implements Expression {}

  /// One that is not read here.
  record Unread(String name) implements Expression {}
}
