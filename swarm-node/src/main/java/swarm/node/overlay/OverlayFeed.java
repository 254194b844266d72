package swarm.node.overlay;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.rpc.SessionMessages;

/// Puts together the cluster's networks from what managers say. Confined to the session's calls,
/// which come one at a time.
public final class OverlayFeed {
  private static final Logger LOG = LoggerFactory.getLogger(OverlayFeed.class);

  private final TreeMap<String, ClusterNetwork> networks = new TreeMap<>();

  /// Takes the next change.
  ///
  /// @return all of them now, by id
  public SortedMap<String, ClusterNetwork> apply(SessionMessages.Overlays overlays) {
    if (overlays.all() != null) {
      networks.keySet().retainAll(overlays.all());
    }
    for (SessionMessages.OverlayChange change : overlays.changes()) {
      SessionMessages.OverlayNetwork network = change.network();
      ClusterNetwork known =
          network == null
              ? networks.get(change.networkId())
              : ClusterNetwork.of(change.networkId(), network);
      if (known == null) {
        LOG.warn("a manager says what changed of an unknown network, {}", change.networkId());
      } else {
        networks.put(change.networkId(), known.with(change));
      }
    }
    return Collections.unmodifiableSortedMap(new TreeMap<>(networks));
  }
}
