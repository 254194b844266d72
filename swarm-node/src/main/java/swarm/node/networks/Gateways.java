package swarm.node.networks;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Through which of its networks a container's default route leads. Pure.
public final class Gateways {
  private static final Comparator<Joined> BEST_FIRST =
      Comparator.comparingInt(Joined::gatewayPriority)
          .reversed()
          .thenComparing(Joined::internal)
          .thenComparing(Joined::network);

  private Gateways() {}

  /// As Docker's: where the user's priority is highest, then one with a way out, then the first by
  /// name. The cluster's networks have no gateway of their own.
  public static Optional<Joined> choose(Collection<Joined> all) {
    return all.stream().filter(one -> !one.gateway().isEmpty()).min(BEST_FIRST);
  }

  /// The first name for an interface that none of them has.
  ///
  /// @param reserved one that is something else's, or empty
  public static String freeInterface(Collection<Joined> all, String reserved) {
    for (int i = 0; ; i++) {
      String name = "eth" + i;
      if (!name.equals(reserved) && all.stream().noneMatch(j -> j.interfaceName().equals(name))) {
        return name;
      }
    }
  }
}
