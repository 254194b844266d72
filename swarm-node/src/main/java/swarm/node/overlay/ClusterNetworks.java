package swarm.node.overlay;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.OverlayEndpoint;
import swarm.network.VirtualAddresses;
import swarm.network.balance.Hints;
import swarm.network.dns.Names;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.MacAddress;
import swarm.network.vip.VirtualServer;
import swarm.node.networks.NetworkException;
import swarm.node.rpc.SessionMessages;

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
  private final NetworkBook book = new NetworkBook();
  private final Places places = new Places(book::attachments);
  private volatile long applied;
  private volatile Runnable onApplied = () -> {};
  private final Thread thread = Thread.ofPlatform().name("overlay").daemon().unstarted(this::run);

  /// Held while the host is changed: who joins and who leaves take turns with what managers say.
  private final ReentrantLock changing = new ReentrantLock();

  /// What a container got.
  public record Place(
      String networkId, String network, int prefix, boolean internal, MacAddress mac) {}

  /// What a container got that is no task.
  public record Joining(Place place, Attacher.Attached attached) {}

  /// @param file keeps what managers said last
  public ClusterNetworks(HostNetwork host, Path file) {
    this.host = host;
    this.file = new NetworkFile(file);
    NetworkFile.Kept kept = this.file.load();
    if (kept != null) {
      book.learn(kept.byId(), Inet4Address.ofLiteral(kept.underlay()), 0);
    }
    thread.start();
  }

  /// Takes what managers say; does not wait.
  ///
  /// @param networks all that containers of this node are on, or will be, by id
  /// @param self this host's address towards the others
  /// @param index of the state that they were made from
  public void learn(SortedMap<String, ClusterNetwork> networks, Inet4Address self, long index) {
    book.learn(networks, self, index);
    file.keep(NetworkFile.Kept.of(networks, self));
  }

  /// Takes what is heard before managers have decided, in place of what was heard before; does not
  /// wait.
  public void heed(Hints hints) {
    book.heed(hints);
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
    places.askBy(next);
  }

  /// What a container sees by name.
  public Names names(String containerId) {
    return new ClusterNames(() -> book.networksOf(containerId));
  }

  /// Those that containers of this node are on, as far as it was told of them.
  public List<ClusterNetwork> used() {
    return book.inUse().stream().sorted().map(book::find).filter(Objects::nonNull).toList();
  }

  /// A service's own address, as containers of this node are to see it.
  ///
  /// @param healthy how many tasks take calls
  /// @param caller the namespace of one that is on the network
  public record Virtual(
      String network, String service, Inet4Address address, int healthy, Path caller) {}

  /// All of the networks that containers of this node are on.
  public List<Virtual> virtualAddresses() {
    var callers = new HashMap<String, Path>();
    book.members()
        .values()
        .forEach(
            member -> member.networks().keySet().forEach(id -> callers.put(id, member.netns())));
    var all = new ArrayList<Virtual>();
    for (ClusterNetwork network : used()) {
      Path caller = callers.get(network.id());
      for (SessionMessages.OverlayService service : network.services().values()) {
        if (service.virtualIp() != 0 && caller != null) {
          all.add(
              new Virtual(
                  network.name(),
                  service.name(),
                  Ipv4.of(service.virtualIp()),
                  network.healthy(service.id()).size(),
                  caller));
        }
      }
    }
    return all;
  }

  /// Notes what a running container has from an earlier daemon. The host stays as it is until
  /// managers say more.
  ///
  /// @param attachmentId of its place, where it is no task; else empty
  public void recall(
      String containerId, Path netns, String networkId, Inet4Address address, String attachmentId)
      throws IOException {
    var _ = book.enter(containerId, netns, networkId, address, attachmentId);
  }

  /// Removes what an earlier daemon left of networks that no container is on any more.
  public void reconcile() throws IOException {
    changing.lock();
    try {
      host.overlays().retain(book.inUse());
    } finally {
      changing.unlock();
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
      ClusterNetwork network = book.find(networkId);
      Inet4Address self = book.self();
      if (network == null || self == null) {
        throw new IOException("network " + networkId + " is not known on this node");
      }
      try {
        var endpoint =
            new OverlayEndpoint(
                networkId, containerId, netns, address, network.network().prefix(), interfaceName);
        return plug(network, self, endpoint);
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

  /// Plugs a container in again as it was.
  ///
  /// @throws IOException also where this host has no such network
  public void again(
      String containerId,
      Path netns,
      String networkId,
      Inet4Address address,
      int prefix,
      String interfaceName)
      throws IOException {
    changing.lock();
    try {
      host.overlays()
          .attach(
              new OverlayEndpoint(networkId, containerId, netns, address, prefix, interfaceName));
    } finally {
      changing.unlock();
    }
  }

  /// Writes a container's rules for virtual addresses anew, where its namespace has lost them.
  ///
  /// @return whether it had
  public boolean mendVirtual(String containerId) throws IOException {
    NetworkBook.Member member = book.members().get(containerId);
    return member != null && member.virtual().mend();
  }

  private Place plug(ClusterNetwork network, Inet4Address self, OverlayEndpoint endpoint)
      throws IOException {
    NetworkBook.Member member =
        book.enter(endpoint.containerId(), endpoint.netns(), network.id(), endpoint.address(), "");
    host.overlays().apply(network.onHost(self));
    host.overlays().attach(endpoint);
    member.virtual().apply(ClusterNetwork.virtual(book.networksOf(endpoint.containerId())));
    member.virtual().settle();
    return new Place(
        network.id(),
        network.name(),
        network.network().prefix(),
        network.network().internal(),
        MacAddress.derivedFrom(endpoint.address()));
  }

  /// Plugs a container in that is no task: managers give it a place first.
  ///
  /// @throws NetworkException why they refuse it
  public Joining attach(Path netns, Attacher.Wish wish, String interfaceName)
      throws NetworkException, IOException {
    String container = wish.containerId();
    Attacher.Attached got =
        places.ask(
            wish,
            place -> {
              var _ =
                  book.enter(
                      container, netns, place.networkId(), place.address(), place.attachmentId());
            });
    try {
      awaitKnown(got.networkId());
      return new Joining(
          join(container, netns, got.networkId(), got.address(), interfaceName), got);
    } catch (IOException e) {
      leave(container, List.of(got.networkId()));
      throw e;
    }
  }

  /// Managers tell this node of a network once a container of its has a place there.
  private void awaitKnown(String networkId) throws IOException {
    try {
      if (!book.awaitKnown(networkId, FIRST_NEWS)) {
        throw new IOException(
            "no manager has told this node of network "
                + networkId
                + " within "
                + FIRST_NEWS.toSeconds()
                + " s; try again");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for network " + networkId);
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
      NetworkBook.Left left = book.forget(containerId, networkIds);
      left.virtual().ifPresent(VirtualServer::close);
      if (left.places()) {
        places.giveUp();
      }
      Set<String> used = book.inUse();
      for (String id : networkIds) {
        if (!used.contains(id)) {
          host.overlays().remove(id);
        }
      }
    } finally {
      changing.unlock();
    }
  }

  /// The host's ends of the cables of containers that run.
  public Set<String> links() {
    var all = new HashSet<String>();
    book.members()
        .forEach(
            (id, member) ->
                member.networks().keySet().forEach(n -> all.add(host.overlays().hostLink(id, n))));
    return all;
  }

  private void run() {
    long done = 0;
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (true) {
        NetworkBook.News next = book.await(done);
        if (bring()) {
          done = next.version();
          pause = FIRST_PAUSE_MILLIS;
          if (next.told() > applied) {
            applied = next.told();
            onApplied.run();
          }
        } else {
          Thread.sleep(pause);
          pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /// Brings the host to what is known.
  ///
  /// @return whether all of it was done
  private boolean bring() {
    boolean done = true;
    changing.lock();
    try {
      Inet4Address self = book.self();
      for (String id : book.inUse()) {
        ClusterNetwork network = book.find(id);
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

  /// Containers that are on the same networks see the same. New calls of all of them are led right
  /// before any old one is cut.
  private boolean balance() {
    Map<String, NetworkBook.Member> members = book.members();
    boolean led = lead(members);
    return settle(members) && led;
  }

  private boolean lead(Map<String, NetworkBook.Member> members) {
    boolean done = true;
    var made = new HashMap<List<String>, VirtualAddresses>();
    for (Map.Entry<String, NetworkBook.Member> each : members.entrySet()) {
      List<ClusterNetwork> networks = book.networksOf(each.getKey());
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

  private static boolean settle(Map<String, NetworkBook.Member> members) {
    boolean done = true;
    for (Map.Entry<String, NetworkBook.Member> each : members.entrySet()) {
      try {
        each.getValue().virtual().settle();
      } catch (IOException e) {
        LOG.warn(
            "container {} keeps calls to tasks that are gone, trying again: {}",
            each.getKey(),
            e.getMessage());
        done = false;
      }
    }
    return done;
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
    places.close();
    file.close();
    book.members().values().forEach(member -> member.virtual().close());
  }
}
