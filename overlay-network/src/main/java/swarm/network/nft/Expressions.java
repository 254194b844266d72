package swarm.network.nft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import swarm.network.TransportProtocol;
import swarm.network.netlink.AttributeWriter;
import swarm.network.netlink.Ipv4;

/// Writes a rule's statements as the kernel's expressions: loads into registers, comparisons and
/// actions on them (`linux/netfilter/nf_tables.h`). Each statement leaves nothing in registers that
/// a later one needs, so all of them use the first.
final class Expressions {
  /// The same on every host, so that a caller meets the same backend through each; any number but
  /// 0, which the kernel would replace by chance.
  static final int CALLER_SEED = 0x73776172;

  private static final int LIST_ELEMENT = 1;
  private static final int REGISTER = 1;

  /// The second 4 bytes of [#REGISTER] (`NFT_REG32_01`), and so on.
  private static final int REGISTER_PLUS_4 = 9;

  private static final int REGISTER_PLUS_8 = 10;
  private static final int VERDICT_REGISTER = 0;
  private static final int EQUAL = 0;
  private static final int NOT_EQUAL = 1;
  private static final int VERDICT_DROP = 0;
  private static final int VERDICT_ACCEPT = 1;
  private static final int VERDICT_JUMP = -3;
  private static final int INTERFACE_NAME_BYTES = 16;

  /// `enum nft_meta_keys`.
  private static final int META_MARK = 3;

  private static final int META_IIFNAME = 6;
  private static final int META_OIFNAME = 7;
  private static final int META_IIFTYPE = 8;
  private static final int META_L4PROTO = 16;

  /// `ARPHRD_ETHER`, 16 bits.
  private static final short ETHERNET = 1;

  /// `enum nft_ct_keys`.
  private static final int CT_STATE = 0;

  private static final int CT_STATUS = 2;

  private static final int CT_MARK = 3;
  private static final int CT_ZONE = 17;
  private static final int IPS_DST_NAT = 1 << 5;

  /// `NF_CT_STATE_BIT` of `enum ip_conntrack_info`.
  private static final int STATE_ESTABLISHED = 1 << 1;

  private static final int STATE_RELATED = 1 << 2;

  /// `enum nft_payload_bases`.
  private static final int LINK = 0;

  private static final int NETWORK = 1;
  private static final int TRANSPORT = 2;

  private final AttributeWriter out;

  private Expressions(AttributeWriter out) {
    this.out = out;
  }

  /// A set without a name that a statement looks up, made in the same transaction.
  record AnonymousMap(String name, int id) {}

  /// Writes the statements.
  ///
  /// @param anonymous the map of the rule's backends, if it has one
  static void write(AttributeWriter out, List<Statement> rule, AnonymousMap anonymous) {
    var expressions = new Expressions(out);
    for (Statement statement : rule) {
      expressions.write(statement, anonymous);
    }
  }

  private void write(Statement statement, AnonymousMap anonymous) {
    switch (statement) {
      case Statement.InterfaceIs(var end, String name, boolean negated) -> {
        meta(end == Statement.End.SOURCE ? META_IIFNAME : META_OIFNAME);
        compare(negated, interfaceName(name));
      }
      case Statement.AddressIn(var end, var network, boolean negated) -> {
        payload(NETWORK, address(end), 4, REGISTER);
        if (network.prefixLength() < 32) {
          mask(Ipv4.of(network.mask()).getAddress());
        }
        compare(negated, network.address().getAddress());
      }
      case Statement.AddressInSet(var end, String set, boolean negated) -> {
        payload(NETWORK, address(end), 4, REGISTER);
        expression(
            "lookup",
            data -> data.text(1, set).network32(2, REGISTER).network32(5, negated ? 1 : 0));
      }
      case Statement.ReceiverIs(var mac, boolean negated) -> {
        meta(META_IIFTYPE);
        compare(false, machineOrder(ETHERNET));
        payload(LINK, 0, 6, REGISTER);
        compare(negated, mac.octets());
      }
      case Statement.ProtocolIs(var protocol) -> protocol(protocol);
      case Statement.PortIs(var protocol, int port) -> {
        protocol(protocol);
        payload(TRANSPORT, 2, 2, REGISTER);
        compare(false, new Datum.Port(port).bytes());
      }
      case Statement.LocalDestination() -> {
        int addressType = 3;
        int destination = 2;
        expression(
            "fib",
            data ->
                data.network32(1, REGISTER).network32(2, addressType).network32(3, destination));
        int rtnLocal = 2;
        compare(false, machineOrder(rtnLocal));
      }
      case Statement.DestinationTranslated() -> {
        connection(CT_STATUS);
        mask(machineOrder(IPS_DST_NAT));
        compare(true, machineOrder(0));
      }
      case Statement.ConnectionKnown() -> {
        connection(CT_STATE);
        mask(machineOrder(STATE_ESTABLISHED | STATE_RELATED));
        compare(true, machineOrder(0));
      }
      case Statement.TcpSyn() -> {
        protocol(TransportProtocol.TCP);
        payload(TRANSPORT, 13, 1, REGISTER);
        mask(new byte[] {2});
        compare(true, new byte[] {0});
      }
      case Statement.MarkIs(var mark, int mask, int value) -> {
        if (mark == Statement.Mark.PACKET) {
          meta(META_MARK);
        } else {
          connection(CT_MARK);
        }
        mask(machineOrder(mask));
        compare(false, machineOrder(value));
      }
      case Statement.Drop() -> verdict(VERDICT_DROP, "");
      case Statement.Accept() -> verdict(VERDICT_ACCEPT, "");
      case Statement.Jump(String chain) -> verdict(VERDICT_JUMP, chain);
      case Statement.GotoByPort(String map) -> {
        protocolAndPort(REGISTER, REGISTER_PLUS_4);
        expression(
            "lookup",
            data -> data.text(1, map).network32(2, REGISTER).network32(3, VERDICT_REGISTER));
      }
      case Statement.Reject() -> {
        int icmpUnreachable = 0;
        int port = 3;
        expression("reject", data -> data.network32(1, icmpUnreachable).u8(2, port));
      }
      case Statement.NoTrack() -> expression("notrack", data -> {});
      case Statement.Masquerade() -> expression("masq", data -> {});
      case Statement.Translate(var address) -> {
        immediate(address.getAddress());
        translateToRegister();
      }
      case Statement.TranslateBySender(var network) -> {
        payload(LINK, 8, 4, REGISTER);
        bitwise(Ipv4.of(0x00ffffff).getAddress(), network.address().getAddress());
        translateToRegister();
      }
      case Statement.TranslateByMap(String map, boolean byAddress) ->
          translateByMap(map, byAddress);
      case Statement.TranslateInTurn(var backends) -> {
        int incremental = 0;
        number(backends.size(), incremental, REGISTER);
        chosen(anonymous);
        translateToRegisters();
      }
      case Statement.TranslateByCaller(var backends) -> {
        hashOfCaller(backends.size(), REGISTER);
        chosen(anonymous);
        translateToRegisters();
      }
      case Statement.TranslateToCallers(String map, int count) -> {
        hashOfCaller(count, REGISTER_PLUS_4);
        payload(NETWORK, address(Statement.End.DESTINATION), 4, REGISTER);
        expression(
            "lookup", data -> data.text(1, map).network32(2, REGISTER).network32(3, REGISTER));
        translateToRegister();
      }
      case Statement.TranslateToOneOf(String map, int count) -> {
        int random = 1;
        payload(NETWORK, address(Statement.End.DESTINATION), 4, REGISTER);
        number(count, random, REGISTER_PLUS_4);
        expression(
            "lookup", data -> data.text(1, map).network32(2, REGISTER).network32(3, REGISTER));
        translateToRegister();
      }
      case Statement.ClampSegment(int bytes) -> clampSegment(bytes);
      case Statement.MarkConnectionBySender() -> {
        payload(LINK, 8, 4, REGISTER);
        expression("ct", data -> data.network32(2, CT_MARK).network32(4, REGISTER));
      }
      case Statement.ZoneBySender() -> {
        payload(LINK, 10, 2, REGISTER);
        int original = 0;
        expression("ct", data -> data.network32(2, CT_ZONE).u8(3, original).network32(4, REGISTER));
      }
      case Statement.MarkPacketByConnection() -> {
        connection(CT_MARK);
        expression("meta", data -> data.network32(2, META_MARK).network32(3, REGISTER));
      }
      case Statement.ReceiverByMark() -> {
        meta(META_MARK);
        expression(
            "payload",
            data ->
                data.network32(5, REGISTER)
                    .network32(2, LINK)
                    .network32(3, 2)
                    .network32(4, 4)
                    .network32(6, 0)
                    .network32(7, 0)
                    .network32(8, 0));
      }
    }
  }

  /// As a comparison has it: where it ends in a star, only what is before that counts.
  private static byte[] interfaceName(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    return name.endsWith("*")
        ? Arrays.copyOf(text, text.length - 1)
        : Arrays.copyOf(text, INTERFACE_NAME_BYTES);
  }

  /// One value of the anonymous map, whose keys count from 0.
  private void chosen(AnonymousMap anonymous) {
    expression(
        "lookup",
        data ->
            data.text(1, anonymous.name())
                .network32(2, REGISTER)
                .network32(3, REGISTER)
                .network32(4, anonymous.id()));
  }

  /// A number from 0 that is below `size`.
  private void number(int size, int how, int register) {
    expression(
        "numgen",
        data -> data.network32(1, register).network32(2, size).network32(3, how).network32(4, 0));
  }

  /// A number from 0 that is below `size`, the same for packets from the same address.
  private void hashOfCaller(int size, int register) {
    int jenkins = 0;
    payload(NETWORK, address(Statement.End.SOURCE), 4, REGISTER);
    expression(
        "hash",
        data ->
            data.network32(1, REGISTER)
                .network32(2, register)
                .network32(3, 4)
                .network32(4, size)
                .network32(5, CALLER_SEED)
                .network32(6, 0)
                .network32(7, jenkins));
  }

  private void translateToRegister() {
    int destination = 1;
    expression(
        "nat",
        data ->
            data.network32(1, destination)
                .network32(2, Table.Family.IP.number())
                .network32(3, REGISTER));
  }

  private void translateByMap(String map, boolean byAddress) {
    if (byAddress) {
      payload(NETWORK, address(Statement.End.DESTINATION), 4, REGISTER);
      protocolAndPort(REGISTER_PLUS_4, REGISTER_PLUS_8);
    } else {
      protocolAndPort(REGISTER, REGISTER_PLUS_4);
    }
    expression("lookup", data -> data.text(1, map).network32(2, REGISTER).network32(3, REGISTER));
    translateToRegisters();
  }

  /// The address is in the first register, the port in the next 4 bytes.
  private void translateToRegisters() {
    int destination = 1;
    int portGiven = 2;
    expression(
        "nat",
        data ->
            data.network32(1, destination)
                .network32(2, Table.Family.IP.number())
                .network32(3, REGISTER)
                .network32(5, REGISTER_PLUS_4)
                .network32(7, portGiven));
  }

  private void clampSegment(int bytes) {
    immediate(new byte[] {(byte) (bytes >>> 8), (byte) bytes});
    int maximumSegmentSize = 2;
    int tcpOption = 1;
    expression(
        "exthdr",
        data ->
            data.network32(7, REGISTER)
                .u8(2, maximumSegmentSize)
                .network32(3, 2)
                .network32(4, 2)
                .network32(6, tcpOption));
  }

  private void protocolAndPort(int protocolRegister, int portRegister) {
    expression("meta", data -> data.network32(2, META_L4PROTO).network32(1, protocolRegister));
    payload(TRANSPORT, 2, 2, portRegister);
  }

  private void protocol(TransportProtocol protocol) {
    meta(META_L4PROTO);
    compare(false, new Datum.Transport(protocol).bytes());
  }

  private static int address(Statement.End end) {
    return end == Statement.End.SOURCE ? 12 : 16;
  }

  private void meta(int key) {
    expression("meta", data -> data.network32(2, key).network32(1, REGISTER));
  }

  private void connection(int key) {
    expression("ct", data -> data.network32(2, key).network32(1, REGISTER));
  }

  private void payload(int base, int offset, int bytes, int register) {
    expression(
        "payload",
        data ->
            data.network32(1, register)
                .network32(2, base)
                .network32(3, offset)
                .network32(4, bytes));
  }

  private void mask(byte[] mask) {
    bitwise(mask, new byte[mask.length]);
  }

  /// The bits of the mask stay, then those of `flip` are inverted.
  private void bitwise(byte[] mask, byte[] flip) {
    expression(
        "bitwise",
        data ->
            data.network32(1, REGISTER)
                .network32(2, REGISTER)
                .network32(3, mask.length)
                .nested(4, value -> value.bytes(1, mask))
                .nested(5, value -> value.bytes(1, flip)));
  }

  private void compare(boolean negated, byte[] with) {
    expression(
        "cmp",
        data ->
            data.network32(1, REGISTER)
                .network32(2, negated ? NOT_EQUAL : EQUAL)
                .nested(3, value -> value.bytes(1, with)));
  }

  private void immediate(byte[] constant) {
    expression(
        "immediate",
        data -> data.network32(1, REGISTER).nested(2, value -> value.bytes(1, constant)));
  }

  private void verdict(int code, String chain) {
    expression(
        "immediate",
        data ->
            data.network32(1, VERDICT_REGISTER)
                .nested(2, value -> value.nested(2, verdict -> verdict(verdict, code, chain))));
  }

  /// The content of an `NFTA_DATA_VERDICT`.
  static void verdict(AttributeWriter out, int code, String chain) {
    out.network32(1, code);
    if (!chain.isEmpty()) {
      out.text(2, chain);
    }
  }

  private void expression(String name, Consumer<AttributeWriter> data) {
    out.nested(LIST_ELEMENT, element -> element.text(1, name).nested(2, data));
  }

  private static byte[] machineOrder(short value) {
    return ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort(value).array();
  }

  private static byte[] machineOrder(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }
}
