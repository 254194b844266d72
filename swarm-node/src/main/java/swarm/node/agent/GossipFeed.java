package swarm.node.agent;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.gossip.Gossip;
import swarm.network.gossip.Member;
import swarm.network.gossip.PacketSeal;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.GossipKey;

/// Puts together who takes part in gossip from what managers say. Confined to the session's calls,
/// which come one at a time.
final class GossipFeed {
  private static final Logger LOG = LoggerFactory.getLogger(GossipFeed.class);

  private final TreeMap<String, Member> members = new TreeMap<>();
  private final TreeMap<String, String> paths = new TreeMap<>();

  /// Takes the next change.
  ///
  /// @return who takes part now
  Gossip.View apply(SessionMessages.GossipChange change) {
    if (change.complete()) {
      members.clear();
      paths.clear();
    }
    change.gone().forEach(members::remove);
    change.gone().forEach(paths::remove);
    for (SessionMessages.GossipMember member : change.members()) {
      String path = member.dataPath();
      paths.put(member.id(), path == null ? member.address() : path);
      try {
        members.put(
            member.id(),
            new Member(member.id(), member.address(), member.port(), member.publicKey()));
      } catch (IllegalArgumentException e) {
        LOG.warn("gossip goes on without node {}: {}", member.id(), e.getMessage());
      }
    }
    return new Gossip.View(List.copyOf(members.values()), keys(change.keys()));
  }

  /// Where each host takes what is for its containers, by the member's id.
  Map<String, String> dataPaths() {
    return Collections.unmodifiableMap(new TreeMap<>(paths));
  }

  private static List<PacketSeal.Key> keys(List<GossipKey> all) {
    var keys = new ArrayList<PacketSeal.Key>();
    for (GossipKey key : all) {
      try {
        keys.add(new PacketSeal.Key(key.id(), Base64.getDecoder().decode(key.key()), key.sends()));
      } catch (IllegalArgumentException e) {
        LOG.warn("gossip goes on without key {}: {}", key.id(), e.getMessage());
      }
    }
    return keys;
  }
}
