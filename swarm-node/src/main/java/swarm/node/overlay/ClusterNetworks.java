package swarm.node.overlay;

import java.io.IOException;
import java.io.InterruptedIOException;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.OverlayEndpoint;
import swarm.network.VirtualAddresses;
import swarm.network.dns.Names;
import swarm.network.netlink.MacAddress;
import swarm.network.vip.VirtualPlans;
import swarm.network.vip.VirtualServer;
import swarm.node.networks.NetworkException;

/// Joins containers of this node to the cluster's networks, and keeps the host as managers say: a
/// network is there only while a container is on it. What managers say is carried out by one
/// thread, always the newest, and again with growing pauses where the kernel refuses. Thread-safe.
public final class ClusterNetworks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNetworks.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 5_000;

  /// From a container's place on a network to what managers tell of it.
  private static final Duration FIRST_NEWS = Duration.ofSeconds(10);

  private final HostNetwork host;
  private final NetworkFile file;
  private final VirtualPlans plans = new VirtualPlans();
  private volatile long applied;
  private volatile Runnable onApplied = () -> {};
  private final Thread thread = Thread.ofPlatform().name("overlay").daemon().unstarted(this::run);

  /// Held while the host is changed: who joins and who leaves take turns with what managers say.
  private final ReentrantLock changing = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  // guarded by lock
  private SortedMap<String, ClusterNetwork> known = Collections.emptySortedMap();
  private @Nullable Inet4Address underlay;
  private long version;
  private long told; // the index of the state that managers spoke of last
  private boolean givenUp = true; // places, as far as managers know: an earlier daemon may have
  private @Nullable Attacher attacher;
  private final Map<String, Member> members = new HashMap<>();

  /// A container that is on some of them.
  ///
  /// @param networks ids, in the order in which it joined, to its address
  /// @param attachments ids of networks to those of its places there; none of a task
  private record Member(
      Path netns,
      Map<String, Inet4Address> networks,
      Map<String, String> attachments,
      VirtualServer virtual) {}

  /// Held while places are asked for or given up: what is being asked for is not given up.
  private final ReentrantLock attaching = new ReentrantLock();

  /// What a container got.
  public record Place(
      String networkId, String network, int prefix, boolean internal, MacAddress mac) {}

  /// @param file keeps what managers said last
  public ClusterNetworks(HostNetwork host, Path file) {
    this.host = host;
    this.file = new NetworkFile(file);
    NetworkFile.Kept kept = this.file.load();
    if (kept != null) {
      known = kept.byId();
      underlay = Inet4Address.ofLiteral(kept.underlay());
    }
    thread.start();
  }

  /// Takes what managers say; does not wait.
  ///
  /// @param networks all that containers of this node are on, or will be, by id
  /// @param self this host's address towards the others
  /// @param index of the state that they were made from
  public void learn(SortedMap<String, ClusterNetwork> networks, Inet4Address self, long index) {
    lock.lock();
    try {
      told = index;
      known = networks;
      underlay = self;
      file.keep(NetworkFile.Kept.of(networks, self));
      version++;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The index of the state that this host last was brought to; 0 before the first.
  public long applied() {
    return applied;
  }

  /// @param then called when that has changed; by a thread that may block
  public void onApplied(Runnable then) {
    onApplied = then;
  }

  /// Who gets places from managers; null while this node is in no cluster.
  public void attachBy(@Nullable Attacher next) {
    lock.lock();
    try {
      attacher = next;
      givenUp = next != null;
      version++;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The one of an id; null where this node was not told of it.
  public @Nullable ClusterNetwork find(String networkId) {
    lock.lock();
    try {
      return known.get(networkId);
    } finally {
      lock.unlock();
    }
  }

  /// What a container sees by name.
  public Names names(String containerId) {
    return new ClusterNames(() -> networksOf(containerId));
  }

  private List<ClusterNetwork> networksOf(String containerId) {
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

  /// Notes what a running container has from an earlier daemon. The host stays as it is until
  /// managers say more.
  ///
  /// @param attachmentId of its place, where it is no task; else empty
  public void recall(
      String containerId, Path netns, String networkId, Inet4Address address, String attachmentId)
      throws IOException {
    Member member = enter(containerId, netns, networkId, address);
    if (!attachmentId.isEmpty()) {
      note(member, networkId, attachmentId);
    }
    signal();
  }

  private void note(Member member, String networkId, String attachmentId) {
    lock.lock();
    try {
      member.attachments().put(networkId, attachmentId);
    } finally {
      lock.unlock();
    }
  }

  private Member enter(String containerId, Path netns, String networkId, Inet4Address address)
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
      return member;
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      version++;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Removes what an earlier daemon left of networks that no container is on any more.
  public void reconcile() throws IOException {
    changing.lock();
    try {
      host.overlays().retain(inUse());
    } finally {
      changing.unlock();
    }
  }

  /// Those that containers of this node are on, as far as it was told of them.
  public List<ClusterNetwork> used() {
    return inUse().stream().sorted().map(this::find).filter(Objects::nonNull).toList();
  }

  private Set<String> inUse() {
    lock.lock();
    try {
      var all = new HashSet<String>();
      members.values().forEach(member -> all.addAll(member.networks().keySet()));
      return all;
    } finally {
      lock.unlock();
    }
  }

  /// Plugs a container in, and lets it call the services there.
  ///
  /// @param address the one that managers gave it
  /// @param interfaceName inside the container
  /// @throws IOException where this node knows no such network, or the kernel refuses
  public Place join(
      String containerId, Path netns, String networkId, Inet4Address address, String interfaceName)
      throws IOException {
    changing.lock();
    try {
      ClusterNetwork network = find(networkId);
      Inet4Address self = self();
      if (network == null || self == null) {
        throw new IOException("network " + networkId + " is not known on this node");
      }
      Member member = enter(containerId, netns, networkId, address);
      try {
        return plug(containerId, netns, network, self, address, interfaceName, member);
      } catch (IOException | IllegalArgumentException e) {
        leave(containerId, List.of(networkId));
        throw e;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("network " + networkId + " cannot be made: " + e.getMessage(), e);
    } finally {
      changing.unlock();
    }
  }

  private Place plug(
      String containerId,
      Path netns,
      ClusterNetwork network,
      Inet4Address self,
      Inet4Address address,
      String interfaceName,
      Member member)
      throws IOException {
    host.overlays().apply(network.onHost(self));
    host.overlays()
        .attach(
            new OverlayEndpoint(
                network.id(),
                containerId,
                netns,
                address,
                network.network().prefix(),
                interfaceName));
    member.virtual().apply(ClusterNetwork.virtual(networksOf(containerId)));
    return new Place(
        network.id(),
        network.name(),
        network.network().prefix(),
        network.network().internal(),
        MacAddress.derivedFrom(address));
  }

  /// Plugs a container in that is no task: managers give it a place first.
  ///
  /// @throws NetworkException why they refuse it
  public Joining attach(Path netns, Attacher.Wish wish, String interfaceName)
      throws NetworkException, IOException {
    attaching.lock();
    try {
      Attacher now = attacher();
      if (now == null) {
        throw new NetworkException(404, "network " + wish.network() + " not found");
      }
      Attacher.Attached place = now.attach(wish);
      note(
          enter(wish.containerId(), netns, place.networkId(), place.address()),
          place.networkId(),
          place.attachmentId());
      try {
        awaitKnown(place.networkId());
        return new Joining(
            join(wish.containerId(), netns, place.networkId(), place.address(), interfaceName),
            place);
      } catch (IOException e) {
        leave(wish.containerId(), List.of(place.networkId()));
        throw e;
      }
    } finally {
      attaching.unlock();
    }
  }

  /// What a container got that is no task.
  public record Joining(Place place, Attacher.Attached attached) {}

  private @Nullable Attacher attacher() {
    lock.lock();
    try {
      return attacher;
    } finally {
      lock.unlock();
    }
  }

  /// Managers tell this node of a network once a container of its has a place there.
  private void awaitKnown(String networkId) throws IOException {
    lock.lock();
    try {
      long left = FIRST_NEWS.toNanos();
      while (!known.containsKey(networkId)) {
        if (left <= 0) {
          throw new IOException(
              "no manager has told this node of network "
                  + networkId
                  + " within "
                  + FIRST_NEWS.toSeconds()
                  + " s; try again");
        }
        left = news.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for network " + networkId);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Inet4Address self() {
    lock.lock();
    try {
      return underlay;
    } finally {
      lock.unlock();
    }
  }

  /// Unplugs a container; a network that nobody is on any more goes from the host. Its namespace
  /// may be gone.
  public void leave(String containerId, Collection<String> networkIds) throws IOException {
    if (networkIds.isEmpty()) {
      return;
    }
    changing.lock();
    try {
      host.overlays().detach(containerId, networkIds);
      forget(containerId, networkIds);
      Set<String> used = inUse();
      for (String id : networkIds) {
        if (!used.contains(id)) {
          host.overlays().remove(id);
        }
      }
    } finally {
      changing.unlock();
    }
    signal();
  }

  private void forget(String containerId, Collection<String> networkIds) {
    VirtualServer gone = null;
    lock.lock();
    try {
      Member member = members.get(containerId);
      if (member != null) {
        member.networks().keySet().removeAll(networkIds);
        givenUp |= member.attachments().keySet().removeAll(networkIds);
        if (member.networks().isEmpty()) {
          members.remove(containerId);
          gone = member.virtual();
        }
      }
    } finally {
      lock.unlock();
    }
    if (gone != null) {
      gone.close();
    }
  }

  /// The host's ends of the cables of containers that run.
  public Set<String> links() {
    lock.lock();
    try {
      var all = new HashSet<String>();
      members.forEach(
          (id, member) ->
              member.networks().keySet().forEach(n -> all.add(host.overlays().hostLink(id, n))));
      return all;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long done = 0;
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (true) {
        Order next = await(done);
        boolean brought = bring();
        if (brought && next.told() > applied) {
          applied = next.told();
          onApplied.run();
        }
        if (brought && giveUp()) {
          done = next.version();
          pause = FIRST_PAUSE_MILLIS;
        } else {
          Thread.sleep(pause);
          pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /// @param told the index of the state that managers spoke of last
  private record Order(long version, long told) {}

  private Order await(long done) throws InterruptedException {
    lock.lock();
    try {
      while (version == done) {
        news.await();
      }
      return new Order(version, told);
    } finally {
      lock.unlock();
    }
  }

  /// Tells managers which places are still needed, where some are not.
  ///
  /// @return whether that was done
  private boolean giveUp() {
    if (!givesUp()) {
      return true;
    }
    attaching.lock();
    try {
      List<String> kept = new ArrayList<>();
      Attacher now = startGivingUp(kept);
      if (now != null) {
        now.keep(kept);
      }
      return true;
    } catch (IOException e) {
      LOG.debug("places on networks are given up later: {}", e.getMessage());
      givesUpAgain();
      return false;
    } finally {
      attaching.unlock();
    }
  }

  private boolean givesUp() {
    lock.lock();
    try {
      return givenUp && attacher != null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Attacher startGivingUp(List<String> kept) {
    lock.lock();
    try {
      givenUp = false;
      members.values().forEach(member -> kept.addAll(member.attachments().values()));
      return attacher;
    } finally {
      lock.unlock();
    }
  }

  private void givesUpAgain() {
    lock.lock();
    try {
      givenUp = true;
    } finally {
      lock.unlock();
    }
  }

  /// Brings the host to what is known.
  ///
  /// @return whether all of it was done
  private boolean bring() {
    boolean done = true;
    changing.lock();
    try {
      Inet4Address self = self();
      for (String id : inUse()) {
        ClusterNetwork network = find(id);
        if (network == null || self == null) {
          continue; // its last tasks end, or no manager was reached yet: it stays as it is
        }
        try {
          host.overlays().apply(network.onHost(self));
        } catch (IOException | IllegalArgumentException e) {
          LOG.warn(
              "network {} is not as it should be, trying again: {}",
              network.name(),
              e.getMessage());
          done = false;
        }
      }
      return balance() && done;
    } finally {
      changing.unlock();
    }
  }

  /// Containers that are on the same networks see the same.
  private boolean balance() {
    boolean done = true;
    var made = new HashMap<List<String>, VirtualAddresses>();
    for (Map.Entry<String, Member> each : membersNow().entrySet()) {
      List<ClusterNetwork> networks = networksOf(each.getKey());
      if (networks.isEmpty()) {
        continue;
      }
      VirtualAddresses wanted =
          made.computeIfAbsent(
              networks.stream().map(ClusterNetwork::id).sorted().toList(),
              _ -> ClusterNetwork.virtual(networks));
      try {
        each.getValue().virtual().apply(wanted);
      } catch (IOException e) {
        LOG.warn(
            "container {} does not see all services as they are, trying again: {}",
            each.getKey(),
            e.getMessage());
        done = false;
      }
    }
    return done;
  }

  private SortedMap<String, Member> membersNow() {
    lock.lock();
    try {
      return new TreeMap<>(members);
    } finally {
      lock.unlock();
    }
  }

  /// Stops; all of it stays in the kernel.
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    file.close();
    new ArrayList<>(membersNow().values()).forEach(member -> member.virtual().close());
  }
}
