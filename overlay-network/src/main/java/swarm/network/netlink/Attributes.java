package swarm.network.netlink;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The attributes of one netlink message, decoded one level deep. Immutable.
public final class Attributes {
  /// Without the flags for "nested" and "network byte order".
  private static final int TYPE_MASK = 0x3fff;

  private final Map<Integer, byte[]> values;

  private Attributes(Map<Integer, byte[]> values) {
    this.values = values;
  }

  /// Decodes the attributes that start at `offset`; of two of one type the later counts.
  public static Attributes parse(byte[] message, int offset) {
    var values = new LinkedHashMap<Integer, byte[]>();
    for (Entry entry : entries(message, offset)) {
      values.put(entry.type(), entry.value());
    }
    return new Attributes(values);
  }

  /// The values of a list whose elements all have one type, in order.
  public static List<byte[]> list(byte[] message) {
    return entries(message, 0).stream().map(Entry::value).toList();
  }

  private record Entry(int type, byte[] value) {}

  private static List<Entry> entries(byte[] message, int offset) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    var entries = new ArrayList<Entry>();
    int at = offset;
    while (at + 4 <= message.length) {
      int length = in.getShort(at) & 0xffff;
      if (length < 4 || at + length > message.length) {
        throw new IllegalArgumentException(
            "netlink attribute at " + at + " has length " + length + " of " + message.length);
      }
      int type = in.getShort(at + 2) & TYPE_MASK;
      entries.add(new Entry(type, Arrays.copyOfRange(message, at + 4, at + length)));
      at += length + 3 & ~3;
    }
    return entries;
  }

  /// The raw value.
  public Optional<byte[]> bytes(int type) {
    return Optional.ofNullable(values.get(type));
  }

  /// 32 bits in the machine's order.
  public OptionalInt u32(int type) {
    byte[] value = values.get(type);
    return value == null || value.length < 4
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt());
  }

  /// 32 bits in network order, as nf_tables has all its numbers.
  public OptionalInt network32(int type) {
    byte[] value = values.get(type);
    return value == null || value.length < 4
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).getInt());
  }

  /// 16 bits in network order.
  public OptionalInt network16(int type) {
    byte[] value = values.get(type);
    return value == null || value.length < 2
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).getShort() & 0xffff);
  }

  /// Text up to its terminating zero.
  public Optional<String> text(int type) {
    return bytes(type).map(Attributes::text);
  }

  private static String text(byte[] value) {
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    return new String(value, 0, end, StandardCharsets.UTF_8);
  }

  /// An IPv4 address.
  public Optional<Inet4Address> address(int type) {
    return bytes(type).filter(value -> value.length == 4).map(Ipv4::of);
  }

  /// An Ethernet address.
  public Optional<MacAddress> mac(int type) {
    return bytes(type).filter(value -> value.length == 6).map(MacAddress::of);
  }

  /// The attributes inside this one; none where it is absent.
  public Attributes nested(int type) {
    byte[] value = values.get(type);
    return value == null ? new Attributes(Map.of()) : parse(value, 0);
  }
}
