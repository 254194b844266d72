package swarm.node.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import swarm.node.rpc.Pieces;
import swarm.node.rpc.SessionMessages;

/// What one agent was told of the networks that users made. Confined to its session.
final class OverlaysTold {
  /// Endpoints or services in one change, so that one of a large network can be cut.
  private static final int MOST = 1_000;

  private SortedMap<String, OverlayView> told = Collections.emptySortedMap();

  /// What is news to the agent, which knows it afterwards; null for nothing.
  ///
  /// @param anew whether it was told nothing yet in this session
  SessionMessages.@Nullable Overlays news(SortedMap<String, OverlayView> now, boolean anew) {
    var changes = new ArrayList<SessionMessages.OverlayChange>();
    now.forEach(
        (id, view) -> {
          OverlayView before = told.get(id);
          SessionMessages.OverlayChange change = view.equals(before) ? null : view.since(before);
          if (change != null) {
            changes.add(change);
          }
        });
    boolean others = anew || !told.keySet().equals(now.keySet());
    told = now;
    return changes.isEmpty() && !others
        ? null
        : new SessionMessages.Overlays(others ? List.copyOf(now.keySet()) : null, changes);
  }

  /// The same in messages that are not too large; none for none.
  static List<SessionMessages.Overlays> pieces(SessionMessages.@Nullable Overlays whole) {
    if (whole == null) {
      return List.of();
    }
    var cut = new ArrayList<SessionMessages.OverlayChange>();
    whole.changes().forEach(change -> cut(change, cut));
    var pieces = new ArrayList<SessionMessages.Overlays>();
    for (List<SessionMessages.OverlayChange> piece : Pieces.of(cut)) {
      pieces.add(new SessionMessages.Overlays(pieces.isEmpty() ? whole.all() : null, piece));
    }
    return pieces.isEmpty() ? List.of(whole) : pieces;
  }

  private static void cut(
      SessionMessages.OverlayChange whole, List<SessionMessages.OverlayChange> into) {
    if (whole.endpoints().size() <= MOST && whole.services().size() <= MOST) {
      into.add(whole);
      return;
    }
    // the first says what the network is and what is gone of it
    into.add(
        new SessionMessages.OverlayChange(
            whole.networkId(),
            whole.network(),
            List.of(),
            whole.gone(),
            List.of(),
            whole.goneServices()));
    slices(whole.endpoints()).forEach(some -> into.add(more(whole.networkId(), some, List.of())));
    slices(whole.services()).forEach(some -> into.add(more(whole.networkId(), List.of(), some)));
  }

  private static SessionMessages.OverlayChange more(
      String networkId,
      List<SessionMessages.OverlayEndpoint> endpoints,
      List<SessionMessages.OverlayService> services) {
    return new SessionMessages.OverlayChange(
        networkId, null, endpoints, List.of(), services, List.of());
  }

  private static <T> List<List<T>> slices(List<T> all) {
    var slices = new ArrayList<List<T>>();
    for (int from = 0; from < all.size(); from += MOST) {
      slices.add(all.subList(from, Math.min(all.size(), from + MOST)));
    }
    return slices;
  }
}
