package swarm.network.gossip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The other members. Confined to the machine's thread.
final class Peers {
  private final TreeMap<String, Peer> peers = new TreeMap<>();
  private final RandomGenerator random;

  Peers(RandomGenerator random) {
    this.random = random;
  }

  /// Takes over who is a member now.
  ///
  /// @return the ids of those who are none any more
  List<String> set(Map<String, Member> now, long at) {
    var gone = new ArrayList<String>();
    for (String id : peers.keySet()) {
      if (!now.containsKey(id)) {
        gone.add(id);
      }
    }
    gone.forEach(peers::remove);
    now.forEach(
        (id, member) -> {
          Peer known = peers.get(id);
          if (known == null) {
            peers.put(id, new Peer(member, at));
          } else {
            known.member = member;
          }
        });
    return gone;
  }

  @Nullable Peer get(String id) {
    return peers.get(id);
  }

  Collection<Peer> all() {
    return peers.values();
  }

  /// Members, this one included.
  int count() {
    return peers.size() + 1;
  }

  /// How many members could say that they do not reach the subject, this one among them.
  int observers(Peer subject) {
    int count = 1;
    for (Peer peer : peers.values()) {
      if (peer != subject && peer.standing == Standing.ALIVE) {
        count++;
      }
    }
    return count;
  }

  /// Some of those that the condition holds for, in random order.
  List<Peer> some(int most, Predicate<Peer> condition) {
    var all = new ArrayList<Peer>();
    for (Peer peer : peers.values()) {
      if (condition.test(peer)) {
        all.add(peer);
      }
    }
    // the first of a shuffle, as far as it is needed
    int chosen = Math.min(most, all.size());
    for (int i = 0; i < chosen; i++) {
      Collections.swap(all, i, i + random.nextInt(all.size() - i));
    }
    return List.copyOf(all.subList(0, chosen));
  }
}
