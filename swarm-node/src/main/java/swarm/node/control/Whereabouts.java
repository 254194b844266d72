package swarm.node.control;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import swarm.raft.log.Member;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// Where the managers are that the log names: a host may have got another address since it joined,
/// and the log cannot change a member's. What a manager said of itself counts most, then what the
/// state says. Thread-safe.
///
/// An address of the log that two of its members bear, as one moved away from it and another moved
/// in, leads to the one that has it now.
final class Whereabouts implements Store.Watcher {
  private final Supplier<List<Member>> members;
  private final Map<String, String> said = new ConcurrentHashMap<>();
  private volatile Map<String, String> stated = Map.of();
  private volatile Map<String, String> moved = Map.of();

  /// @param members as the log names them
  Whereabouts(Supplier<List<Member>> members) {
    this.members = members;
  }

  /// Where to send what the log wants sent to `address`.
  String of(String address) {
    return moved.getOrDefault(address, address);
  }

  /// A manager said where it is.
  void said(String raftId, String address) {
    if (!address.equals(said.put(raftId, address))) {
      look();
    }
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
      said.entrySet().removeIf(e -> e.getValue().equals(now.get(e.getKey()))); // it is written down
      stated = now;
      look();
    }
  }

  /// Compares with what the log says now.
  void look() {
    moved = moved(members.get(), stated, new HashMap<>(said));
  }

  /// The addresses of the log that lead elsewhere. Pure.
  static Map<String, String> moved(
      List<Member> members, Map<String, String> stated, Map<String, String> said) {
    var all = new HashMap<String, String>();
    for (Member member : members) {
      String now = at(member, stated, said);
      if (!now.equals(member.address())) {
        all.put(member.address(), now);
      }
    }
    // whoever is where the log says is not sent away
    members.stream()
        .map(Member::address)
        .filter(address -> members.stream().anyMatch(m -> at(m, stated, said).equals(address)))
        .forEach(all::remove);
    return all;
  }

  private static String at(Member member, Map<String, String> stated, Map<String, String> said) {
    return said.getOrDefault(member.id(), stated.getOrDefault(member.id(), member.address()));
  }
}
