package swarm.network.netlink;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/// Builds the body of one netlink message: a fixed header, then attributes of type, length and
/// value, each padded to 4 bytes (netlink(7)). Numbers are in the machine's order unless the name
/// says network order. Not thread-safe.
public final class AttributeWriter {
  private static final int NLA_F_NESTED = 0x8000;
  private static final int HEADER_BYTES = 4;

  private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

  /// Appends one octet, without an attribute around it.
  public AttributeWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  /// Appends two octets in the machine's order, without an attribute around them.
  public AttributeWriter u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  /// Appends four octets in the machine's order, without an attribute around them.
  public AttributeWriter u32(int value) {
    room(4).putInt(value);
    return this;
  }

  /// Appends bytes as they are, without an attribute around them.
  public AttributeWriter raw(byte[] value) {
    room(value.length).put(value);
    return this;
  }

  /// An attribute of raw bytes.
  public AttributeWriter bytes(int type, byte[] value) {
    return attribute(type, out -> out.room(value.length).put(value));
  }

  /// An attribute of one octet.
  public AttributeWriter u8(int type, int value) {
    return attribute(type, out -> out.u8(value));
  }

  /// An attribute of 32 bits in the machine's order.
  public AttributeWriter u32(int type, int value) {
    return attribute(type, out -> out.u32(value));
  }

  /// An attribute of 16 bits in network order.
  public AttributeWriter network16(int type, int value) {
    return bytes(type, new byte[] {(byte) (value >>> 8), (byte) value});
  }

  /// An attribute of 32 bits in network order, as nf_tables wants all its numbers.
  public AttributeWriter network32(int type, int value) {
    return bytes(
        type,
        new byte[] {
          (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        });
  }

  /// An attribute of text with the terminating zero.
  public AttributeWriter text(int type, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return bytes(type, Arrays.copyOf(utf8, utf8.length + 1));
  }

  /// An attribute of an IPv4 address.
  public AttributeWriter address(int type, Inet4Address value) {
    return bytes(type, value.getAddress());
  }

  /// An attribute that holds attributes.
  public AttributeWriter nested(int type, Consumer<AttributeWriter> content) {
    return attribute(type | NLA_F_NESTED, content);
  }

  private AttributeWriter attribute(int type, Consumer<AttributeWriter> content) {
    int start = buffer.position();
    u16(0).u16(type);
    content.accept(this);
    int length = buffer.position() - start;
    if (length > 0xffff) {
      throw new IllegalArgumentException(
          "netlink attribute " + (type & 0x3fff) + " is " + length + " bytes, of at most 65535");
    }
    buffer.putShort(start, (short) length);
    while (buffer.position() % HEADER_BYTES != 0) {
      u8(0);
    }
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
      buffer = ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder()).put(buffer.flip());
    }
    return buffer;
  }

  /// What was written so far.
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
