package swarm.network.balance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which backends of a service get no new calls because of hints. Pure.
///
/// Hints may be wrong, and who gives them may lie or be cut off itself. So an endpoint has ended
/// only where its own host says so; silent hosts take at most half of the backends that are left,
/// and nothing takes the last one.
public final class HeldOut {
  private HeldOut() {}

  /// The addresses to leave out.
  ///
  /// @param backends all healthy ones of one service, as managers say
  public static SortedSet<Integer> of(Collection<Backend> backends, Hints hints) {
    var out = new TreeSet<Integer>();
    if (hints.isEmpty() || backends.size() < 2) {
      return out;
    }
    var left = new ArrayList<>(backends);
    left.sort(Comparator.comparingInt(Backend::address));
    for (Backend backend : List.copyOf(left)) {
      if (left.size() > 1 && ended(backend, hints)) {
        left.remove(backend);
        out.add(backend.address());
      }
    }
    int most = left.size() / 2;
    for (String host : hints.silentHosts()) {
      for (Backend backend : left) {
        if (most > 0 && backend.host().equals(host) && out.add(backend.address())) {
          most--;
        }
      }
    }
    return out;
  }

  private static boolean ended(Backend backend, Hints hints) {
    return !backend.endpoint().isEmpty()
        && hints.ended().contains(new Hints.Ended(backend.endpoint(), backend.host()));
  }
}
