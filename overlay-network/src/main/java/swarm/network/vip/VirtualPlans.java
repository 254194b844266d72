package swarm.network.vip;

import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.network.VirtualAddresses;
import swarm.network.nft.Change;

/// What changes from one state of virtual addresses to the next. Containers that are on the same
/// networks go the same step: it is planned once for all of them. Thread-safe.
public final class VirtualPlans {
  private volatile @Nullable Step last;

  /// @param stale calls that lead where they should not any more
  record Step(
      VirtualAddresses was, VirtualAddresses wanted, List<Change> changes, StaleCalls stale) {}

  Step step(VirtualAddresses was, VirtualAddresses wanted) {
    Step known = last;
    if (known != null && isSame(known.was(), was) && isSame(known.wanted(), wanted)) {
      return known;
    }
    var next =
        new Step(
            was, wanted, VirtualRules.difference(was, wanted), StaleCalls.between(was, wanted));
    last = next;
    return next;
  }

  // equal ones are the same object where this pays
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(VirtualAddresses one, VirtualAddresses other) {
    return one == other;
  }
}
