package swarm.network.balance;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is heard of backends before managers have decided. It may be wrong.
///
/// @param silentHosts addresses of hosts that several others do not reach, the one that was
///   suspected first in front
/// @param ended endpoints that have ended, each with who says so
public record Hints(List<String> silentHosts, Set<Ended> ended) {
  /// Nothing was heard.
  public static final Hints NONE = new Hints(List.of(), Set.of());

  /// @param endpoint as [Backend#endpoint]
  /// @param host the address of the host that says so, which counts only where the endpoint is its
  ///   own
  public record Ended(String endpoint, String host) {}

  public Hints {
    silentHosts = List.copyOf(silentHosts);
    ended = Collections.unmodifiableSet(new LinkedHashSet<>(ended));
  }

  /// Whether nothing was heard.
  public boolean isEmpty() {
    return silentHosts.isEmpty() && ended.isEmpty();
  }
}
