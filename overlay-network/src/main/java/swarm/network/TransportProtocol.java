package swarm.network;

import java.util.Locale;

/// The transport protocols that ports belong to (IANA numbers).
public enum TransportProtocol {
  TCP(6),
  UDP(17),
  SCTP(132);

  private final int number;

  TransportProtocol(int number) {
    this.number = number;
  }

  /// The protocol number in the IPv4 header.
  public int number() {
    return number;
  }

  /// The protocol of a name such as `tcp`.
  ///
  /// @throws IllegalArgumentException where there is none
  public static TransportProtocol of(String text) {
    for (TransportProtocol protocol : values()) {
      if (protocol.text().equals(text)) {
        return protocol;
      }
    }
    throw new IllegalArgumentException(text + " is no protocol; use tcp, udp or sctp");
  }

  /// `tcp`, `udp` or `sctp`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
