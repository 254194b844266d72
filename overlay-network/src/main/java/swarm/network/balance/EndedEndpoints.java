package swarm.network.balance;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What members said of their own endpoints that have ended. A newer word adds to the older: what
/// has ended does not come back, and a member leaves out what managers know by now, which they may
/// not have told this host yet. Pure; confined to one thread.
public final class EndedEndpoints {
  /// Of one member: beyond that the oldest are forgotten.
  static final int MOST_OF_A_MEMBER = 256;

  private final Map<String, LinkedHashSet<String>> byMember = new TreeMap<>();

  /// Takes what each member says now, the newest first.
  ///
  /// @param hosts the addresses of the members' hosts; what others said is forgotten
  /// @return all that is known
  public Set<Hints.Ended> learn(Map<String, List<String>> said, Map<String, String> hosts) {
    byMember.keySet().retainAll(hosts.keySet());
    said.forEach(
        (member, ended) -> {
          if (hosts.containsKey(member)) {
            var known = byMember.computeIfAbsent(member, _ -> new LinkedHashSet<>());
            known.addAll(ended.reversed());
            while (known.size() > MOST_OF_A_MEMBER) {
              known.removeFirst();
            }
          }
        });
    var all = new LinkedHashSet<Hints.Ended>();
    byMember.forEach(
        (member, ended) -> {
          String host = hosts.getOrDefault(member, "");
          ended.forEach(id -> all.add(new Hints.Ended(id, host)));
        });
    return all;
  }
}
