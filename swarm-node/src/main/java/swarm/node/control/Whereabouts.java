package swarm.node.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import swarm.raft.log.Member;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Where the managers are that the log names: a host may have got another address since it joined,
/// and the log cannot change a member's. What a manager said of itself counts most, then what the
/// state says. Thread-safe.
///
/// By the member's id, not by its address: another member may have moved to where it was.
final class Whereabouts implements Store.Watcher {
  private final Map<String, String> said = new ConcurrentHashMap<>();
  private volatile Map<String, String> stated = Map.of();

  /// Where to send what is for a member of the log.
  String of(Member member) {
    return at(member, stated, said);
  }

  /// A manager said where it is.
  void said(String raftId, String address) {
    said.put(raftId, address);
  }

  @Override
  public void changed(ClusterState state, List<Change> changes) {
    if (changes.isEmpty() || changes.stream().anyMatch(Change.OfNode.class::isInstance)) {
      var now = new HashMap<String, String>();
      for (Node node : state.nodes().values()) {
        Node.Manager manager = node.manager();
        if (manager != null) {
          now.put(manager.raftId(), manager.address());
        }
      }
      stated = now;
      said.entrySet().removeIf(e -> e.getValue().equals(now.get(e.getKey()))); // it is written down
    }
  }

  /// Pure.
  static String at(Member member, Map<String, String> stated, Map<String, String> said) {
    return said.getOrDefault(member.id(), stated.getOrDefault(member.id(), member.address()));
  }
}
