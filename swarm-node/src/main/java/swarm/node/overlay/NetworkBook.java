package swarm.node.overlay;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import swarm.network.balance.Hints;
import swarm.network.vip.VirtualPlans;
import swarm.network.vip.VirtualServer;

/// What managers said last of the cluster's networks, what hints leave of it, and which containers
/// of this node are on them. Thread-safe; nobody waits for it but to be told of news.
final class NetworkBook {
  private final VirtualPlans plans = new VirtualPlans();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  // guarded by lock
  private SortedMap<String, ClusterNetwork> said = Collections.emptySortedMap();
  private Hints hints = Hints.NONE;
  private SortedMap<String, ClusterNetwork> known = said; // as the hints leave it
  private @Nullable Inet4Address underlay;
  private long version;
  private long told; // the index of the state that managers spoke of last
  private final Map<String, Member> members = new HashMap<>();

  /// A container that is on some of them.
  ///
  /// @param networks ids, in the order in which it joined, to its address
  /// @param attachments ids of networks to those of its places there; none of a task
  record Member(
      Path netns,
      Map<String, Inet4Address> networks,
      Map<String, String> attachments,
      VirtualServer virtual) {}

  /// @param told the index of the state that managers spoke of last
  record News(long version, long told) {}

  /// Takes what managers say.
  void learn(SortedMap<String, ClusterNetwork> networks, Inet4Address self, long index) {
    lock.lock();
    try {
      told = index;
      said = networks;
      known = heeding();
      underlay = self;
      changed();
    } finally {
      lock.unlock();
    }
  }

  /// Takes hints about who answers there, in place of those before.
  void heed(Hints next) {
    lock.lock();
    try {
      if (hints.equals(next)) {
        return;
      }
      hints = next;
      SortedMap<String, ClusterNetwork> now = heeding();
      if (!now.equals(known)) {
        known = now;
        changed();
      }
    } finally {
      lock.unlock();
    }
  }

  /// What managers said, as the hints leave it. Guarded by the lock.
  private SortedMap<String, ClusterNetwork> heeding() {
    if (hints.isEmpty()) {
      return said;
    }
    var all = new TreeMap<String, ClusterNetwork>();
    said.forEach((id, network) -> all.put(id, network.heeding(hints)));
    return Collections.unmodifiableSortedMap(all);
  }

  /// Guarded by the lock.
  private void changed() {
    version++;
    news.signalAll();
  }

  /// Waits until there is something that this version has not.
  News await(long done) throws InterruptedException {
    lock.lock();
    try {
      while (version == done) {
        news.await();
      }
      return new News(version, told);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until managers have told of a network.
  ///
  /// @return whether they did in time
  boolean awaitKnown(String networkId, Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!known.containsKey(networkId) && left > 0) {
        left = news.awaitNanos(left);
      }
      return known.containsKey(networkId);
    } finally {
      lock.unlock();
    }
  }

  @Nullable ClusterNetwork find(String networkId) {
    lock.lock();
    try {
      return known.get(networkId);
    } finally {
      lock.unlock();
    }
  }

  /// This host's address towards the others; null before managers said anything.
  @Nullable Inet4Address self() {
    lock.lock();
    try {
      return underlay;
    } finally {
      lock.unlock();
    }
  }

  /// Those that a container is on, as far as they are known, in the order in which it joined.
  List<ClusterNetwork> networksOf(String containerId) {
    lock.lock();
    try {
      Member member = members.get(containerId);
      return member == null
          ? List.of()
          : member.networks().keySet().stream()
              .map(id -> known.get(id))
              .filter(Objects::nonNull)
              .toList();
    } finally {
      lock.unlock();
    }
  }

  /// Notes that a container is on a network.
  ///
  /// @param attachmentId of its place, where it is no task; else empty
  Member enter(
      String containerId, Path netns, String networkId, Inet4Address address, String attachmentId)
      throws IOException {
    lock.lock();
    try {
      Member member = members.get(containerId);
      if (member == null) {
        member =
            new Member(
                netns, new LinkedHashMap<>(), new HashMap<>(), VirtualServer.open(netns, plans));
        members.put(containerId, member);
      }
      member.networks().put(networkId, address);
      if (!attachmentId.isEmpty()) {
        member.attachments().put(networkId, attachmentId);
      }
      changed();
      return member;
    } finally {
      lock.unlock();
    }
  }

  /// What a container that has left networks leaves behind.
  ///
  /// @param places whether managers gave it some there
  /// @param virtual its virtual addresses, where it is on no network any more
  record Left(boolean places, Optional<VirtualServer> virtual) {}

  /// Notes that a container has left networks.
  Left forget(String containerId, Collection<String> networkIds) {
    lock.lock();
    try {
      Member member = members.get(containerId);
      if (member == null) {
        return new Left(false, Optional.empty());
      }
      boolean places = member.attachments().keySet().removeAll(networkIds);
      member.networks().keySet().removeAll(networkIds);
      changed();
      if (!member.networks().isEmpty()) {
        return new Left(places, Optional.empty());
      }
      members.remove(containerId);
      return new Left(places, Optional.of(member.virtual()));
    } finally {
      lock.unlock();
    }
  }

  /// The ids of those that containers are on.
  Set<String> inUse() {
    var all = new HashSet<String>();
    members().values().forEach(member -> all.addAll(member.networks().keySet()));
    return all;
  }

  /// The places that containers still need.
  List<String> attachments() {
    var all = new ArrayList<String>();
    members().values().forEach(member -> all.addAll(member.attachments().values()));
    return all;
  }

  /// All containers, by id, as they are now.
  SortedMap<String, Member> members() {
    lock.lock();
    try {
      var all = new TreeMap<String, Member>();
      members.forEach(
          (id, member) ->
              all.put(
                  id,
                  new Member(
                      member.netns(),
                      new LinkedHashMap<>(member.networks()),
                      new HashMap<>(member.attachments()),
                      member.virtual())));
      return all;
    } finally {
      lock.unlock();
    }
  }
}
