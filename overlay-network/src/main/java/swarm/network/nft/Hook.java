package swarm.network.nft;

import java.util.Optional;

/// Where in a packet's way a base chain is called.
///
/// @param type what its rules may do
/// @param point the place
/// @param priority order among chains of one place, lower is earlier; -300 is before connection
///   tracking, -150 mangle, -100 destination NAT, 0 filter, 100 source NAT
/// @param device the device, for chains of the netdev family only
public record Hook(Type type, Point point, int priority, Optional<String> device) {
  public static final int RAW = -300;
  public static final int MANGLE = -150;
  public static final int DSTNAT = -100;
  public static final int FILTER = 0;
  public static final int SRCNAT = 100;

  public Hook(Type type, Point point, int priority) {
    this(type, point, priority, Optional.empty());
  }

  /// What the rules of a chain may do.
  public enum Type {
    FILTER("filter"),
    /// Called for the first packet of each connection.
    NAT("nat"),
    /// A changed mark looks the route up again.
    ROUTE("route");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /// The places (`NF_INET_...`, `NF_NETDEV_...`).
  public enum Point {
    PREROUTING(0, "prerouting"),
    INPUT(1, "input"),
    FORWARD(2, "forward"),
    OUTPUT(3, "output"),
    POSTROUTING(4, "postrouting"),
    EGRESS(1, "egress");

    private final int number;
    private final String text;

    Point(int number, String text) {
      this.number = number;
      this.text = text;
    }

    int number() {
      return number;
    }

    String text() {
      return text;
    }
  }
}
