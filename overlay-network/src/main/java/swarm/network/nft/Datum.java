package swarm.network.nft;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import swarm.network.TransportProtocol;

/// One value in a set's key, a map's data or a comparison.
public sealed interface Datum {
  /// The bytes as the kernel's registers hold them, unpadded.
  byte[] bytes();

  /// As `nft` writes it.
  String text();

  /// An IPv4 address.
  record Address(Inet4Address address) implements Datum {
    @Override
    public byte[] bytes() {
      return address.getAddress();
    }

    @Override
    public String text() {
      return address.getHostAddress();
    }
  }

  /// A transport protocol.
  record Transport(TransportProtocol protocol) implements Datum {
    @Override
    public byte[] bytes() {
      return new byte[] {(byte) protocol.number()};
    }

    @Override
    public String text() {
      return protocol.text();
    }
  }

  /// A port of TCP or UDP, 0 to 65535.
  record Port(int port) implements Datum {
    public Port {
      if (port < 0 || port > 0xffff) {
        throw new IllegalArgumentException("port " + port + " is not 0 to 65535");
      }
    }

    @Override
    public byte[] bytes() {
      return new byte[] {(byte) (port >>> 8), (byte) port};
    }

    @Override
    public String text() {
      return Integer.toString(port);
    }
  }

  /// A plain number in the machine's order, such as `numgen` makes.
  record Int(int value) implements Datum {
    @Override
    public byte[] bytes() {
      return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    @Override
    public String text() {
      return Integer.toString(value);
    }
  }
}
