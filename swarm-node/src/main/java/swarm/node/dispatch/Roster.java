package swarm.node.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.GossipKey;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Who takes part in gossip, and with which keys, from a state. Pure.
///
/// @param members by node id
record Roster(SortedMap<String, SessionMessages.GossipMember> members, List<GossipKey> keys) {
  static final Roster EMPTY = new Roster(Collections.emptySortedMap(), List.of());

  static Roster of(ClusterState state) {
    var members = new TreeMap<String, SessionMessages.GossipMember>();
    for (Node node : state.nodes().values()) {
      SessionMessages.@Nullable GossipMember member = member(node);
      if (member != null && !state.revoked().containsKey(node.id())) {
        members.put(node.id(), member);
      }
    }
    return new Roster(
        Collections.unmodifiableSortedMap(members),
        state.cluster() == null ? List.of() : state.cluster().gossipKeysOrNone());
  }

  private static SessionMessages.@Nullable GossipMember member(@Nullable Node node) {
    Node.@Nullable Gossip gossip = node == null ? null : node.description().gossip();
    return node == null || gossip == null
        ? null
        : new SessionMessages.GossipMember(
            node.id(),
            node.status().address(),
            gossip.port(),
            gossip.publicKey(),
            node.description().dataPath());
  }

  /// Whether a change can alter it. A node that leaves is asked about by its state: what revokes it
  /// changes that, too.
  static boolean concerns(Change change) {
    return switch (change) {
      case Change.OfCluster c ->
          c.before() == null || !c.before().gossipKeysOrNone().equals(c.after().gossipKeysOrNone());
      case Change.OfNode n ->
          !Objects.equals(member(n.before()), member(n.after()))
              || (n.after() != null && n.after().status().state() == Node.State.DOWN);
      case Change.OfService _,
          Change.OfTask _,
          Change.OfPayload _,
          Change.OfNetwork _,
          Change.OfAttachment _ ->
          false;
    };
  }

  /// What to tell a node that knows `told`, and null where there is nothing to tell it.
  SessionMessages.@Nullable GossipChange since(@Nullable Roster told) {
    if (told == null) {
      return new SessionMessages.GossipChange(true, List.copyOf(members.values()), List.of(), keys);
    }
    var changed = new ArrayList<SessionMessages.GossipMember>();
    members.forEach(
        (id, member) -> {
          if (!member.equals(told.members.get(id))) {
            changed.add(member);
          }
        });
    var gone = new ArrayList<>(told.members.keySet());
    gone.removeAll(members.keySet());
    return changed.isEmpty() && gone.isEmpty() && keys.equals(told.keys)
        ? null
        : new SessionMessages.GossipChange(false, changed, gone, keys);
  }
}
