package swarm.network;

import java.util.Locale;

/// The transport protocols that ports belong to (IANA numbers).
public enum TransportProtocol {
  TCP(6),
  UDP(17);

  private final int number;

  TransportProtocol(int number) {
    this.number = number;
  }

  /// The protocol number in the IPv4 header.
  public int number() {
    return number;
  }

  /// `tcp` or `udp`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
