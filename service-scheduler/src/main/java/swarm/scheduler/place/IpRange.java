package swarm.scheduler.place;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The addresses that a constraint on `node.ip` names: one, or those of a network. Read here and
/// not by `java.net`, which would ask a name server about what is no address. Immutable.
///
/// @param bytes 16 of them; an IPv4 address stands in `::ffff:0:0/96`
/// @param bits how many of them, from the first, must be the same
record IpRange(byte[] bytes, int bits) {
  private static final int LENGTH = 16;
  private static final int IPV4_AT = 12;
  private static final int GROUPS = 8;

  /// `192.0.2.7`, `2001:db8::/32`; null for anything else.
  static @Nullable IpRange parse(String text) {
    int slash = text.indexOf('/');
    byte @Nullable [] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    if (slash < 0) {
      return new IpRange(address, LENGTH * Byte.SIZE);
    }
    boolean ipv4 = text.indexOf(':') < 0;
    int most = ipv4 ? Integer.SIZE : LENGTH * Byte.SIZE;
    int length = number(text.substring(slash + 1), 10, most);
    return length < 0 ? null : new IpRange(address, ipv4 ? IPV4_AT * Byte.SIZE + length : length);
  }

  /// Whether `text` is an address in this range.
  boolean contains(String text) {
    byte @Nullable [] other = address(text);
    if (other == null) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    int rest = bits % Byte.SIZE;
    return Arrays.equals(bytes, 0, whole, other, 0, whole)
        && (rest == 0 || ((bytes[whole] ^ other[whole]) & 0xff) >> (Byte.SIZE - rest) == 0);
  }

  private static byte @Nullable [] address(String text) {
    byte[] all = new byte[LENGTH];
    if (text.indexOf(':') < 0) {
      all[IPV4_AT - 2] = (byte) 0xff;
      all[IPV4_AT - 1] = (byte) 0xff;
      return ipv4(text, all, IPV4_AT) ? all : null;
    }
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text, all, 0) == LENGTH ? all : null;
    }
    String head = text.substring(0, gap);
    String tail = text.substring(gap + 2);
    byte[] end = new byte[LENGTH];
    int first = head.isEmpty() ? 0 : groups(head, all, 0);
    int last = tail.isEmpty() ? 0 : groups(tail, end, 0);
    if (first < 0 || last < 0 || first + last > LENGTH - 2 || tail.contains("::")) {
      return null;
    }
    System.arraycopy(end, 0, all, LENGTH - last, last);
    return all;
  }

  /// Groups of an IPv6 address, the last of which may be an IPv4 address.
  ///
  /// @return after how many bytes they end; -1 where they are not such
  private static int groups(String text, byte[] into, int from) {
    String[] parts = text.split(":", -1);
    if (parts.length > GROUPS) {
      return -1;
    }
    int at = from;
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        return at + 4 <= LENGTH && ipv4(parts[i], into, at) ? at + 4 : -1;
      }
      int group = parts[i].length() > 4 ? -1 : number(parts[i], 16, 0xffff);
      if (group < 0) {
        return -1;
      }
      into[at++] = (byte) (group >> Byte.SIZE);
      into[at++] = (byte) group;
    }
    return at;
  }

  private static boolean ipv4(String text, byte[] into, int at) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (int i = 0; i < parts.length; i++) {
      int part = parts[i].length() > 3 ? -1 : number(parts[i], 10, 0xff);
      if (part < 0) {
        return false;
      }
      into[at + i] = (byte) part;
    }
    return true;
  }

  /// @return -1 where it is no number from 0 to `most`
  private static int number(String text, int radix, int most) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number > most ? -1 : number;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IpRange(byte[] theirs, int length)
        && bits == length
        && Arrays.equals(bytes, theirs);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + bits;
  }

  @Override
  public String toString() {
    return Arrays.toString(bytes) + "/" + bits;
  }
}
