package swarm.network.dns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Domain names on the wire (RFC 1035, 3.1 and 4.1.4). Here, a name has no dot at its end; the root
/// is empty. Pure.
final class DnsName {
  static final int MAX_BYTES = 255;
  private static final int MAX_LABEL = 63;
  private static final int POINTER = 0xc0;

  private DnsName() {}

  /// Reads a name at the buffer's position, following pointers. Each pointer must lead to before
  /// the last one's target, so that no message, however made, is read in circles.
  static String read(ByteBuffer message) throws DnsFormatException {
    var name = new StringBuilder();
    int after = -1;
    int bound = message.position();
    while (true) {
      int length = next(message);
      if (length == 0) {
        break;
      }
      if ((length & POINTER) == POINTER) {
        int target = (length & ~POINTER) << 8 | next(message);
        if (target >= bound) {
          throw new DnsFormatException("a name's pointer leads forward, to " + target);
        }
        after = after < 0 ? message.position() : after;
        bound = target;
        message.position(target);
        continue;
      }
      label(message, length, name);
    }
    if (after >= 0) {
      message.position(after);
    }
    return name.toString();
  }

  private static void label(ByteBuffer message, int length, StringBuilder name)
      throws DnsFormatException {
    if (length > MAX_LABEL || length > message.remaining()) {
      throw new DnsFormatException("a label of " + length + " bytes");
    }
    // the length octets of all labels and of the root count
    if (name.length() + length + 3 > MAX_BYTES) {
      throw new DnsFormatException("a name of more than " + MAX_BYTES + " bytes");
    }
    var octets = new byte[length];
    message.get(octets);
    if (!name.isEmpty()) {
      name.append('.');
    }
    name.append(new String(octets, StandardCharsets.ISO_8859_1));
  }

  private static int next(ByteBuffer message) throws DnsFormatException {
    if (!message.hasRemaining()) {
      throw new DnsFormatException("a name goes on behind the message's end");
    }
    return message.get() & 0xff;
  }

  /// Writes a name, uncompressed.
  ///
  /// @throws DnsFormatException where a label is empty or too long, or the name is
  static void write(ByteBuffer out, String name) throws DnsFormatException {
    if (name.length() + 2 > MAX_BYTES) {
      throw new DnsFormatException("the name " + name + " is longer than " + MAX_BYTES + " bytes");
    }
    if (!name.isEmpty()) {
      for (String label : name.split("\\.", -1)) {
        if (label.isEmpty() || label.length() > MAX_LABEL) {
          throw new DnsFormatException("the label '" + label + "' must have 1 to 63 characters");
        }
        out.put((byte) label.length()).put(label.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    out.put((byte) 0);
  }

  /// Names differ in more than case (RFC 4343).
  static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
