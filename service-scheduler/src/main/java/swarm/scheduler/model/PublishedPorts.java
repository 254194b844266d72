package swarm.scheduler.model;

import java.util.ArrayList;
import java.util.List;

/// Which ports of a spec have their numbers.
public final class PublishedPorts {
  private PublishedPorts() {}

  /// What a spec asks for, with the numbers that are known written in: those that the user chose,
  /// and those that the cluster chose for the same port of an earlier spec. The others keep 0.
  ///
  /// @param asked the spec's ports
  /// @param held what the service holds so far
  /// @return as many ports as `asked`, in its order
  public static List<PortConfig> carry(List<PortConfig> asked, List<PortConfig> held) {
    var left = new ArrayList<>(held);
    asked.forEach(port -> left.removeIf(h -> port.publishedOrZero() != 0 && same(port, h)));
    var carried = new ArrayList<PortConfig>();
    for (PortConfig port : asked) {
      if (settled(port)) {
        carried.add(port.resolved(port.publishedOrZero()));
        continue;
      }
      var earlier = left.stream().filter(h -> likeness(port, h)).findFirst();
      earlier.ifPresent(left::remove);
      carried.add(port.resolved(earlier.map(PortConfig::publishedOrZero).orElse(0)));
    }
    return carried;
  }

  /// Whether a port needs no number of the cluster: it has one, or its task's node chooses.
  public static boolean settled(PortConfig port) {
    return !port.ingress() || port.publishedOrZero() != 0;
  }

  private static boolean same(PortConfig port, PortConfig held) {
    return port.ingress() == held.ingress()
        && port.protocolOrTcp().equals(held.protocolOrTcp())
        && port.publishedOrZero() == held.publishedOrZero();
  }

  private static boolean likeness(PortConfig port, PortConfig held) {
    return held.ingress()
        && port.protocolOrTcp().equals(held.protocolOrTcp())
        && port.target() == held.target();
  }
}
