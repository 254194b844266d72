package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.Inet4Network;
import swarm.network.IngressState;
import swarm.network.TransportProtocol;
import swarm.network.balance.Hints;
import swarm.node.rpc.SessionMessages;

/// Makes this host's part of the ingress network what the managers say: always the newest, one at a
/// time, and again with growing pauses where the kernel refuses.
final class IngressApplier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngressApplier.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 5_000;

  private final HostNetwork network;
  private final String underlay;
  private final int clusterPort;
  private final int gossipPort;
  private final Supplier<Map<Integer, String>> ownTasks;
  private final Runnable onApplied;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private @Nullable Order wanted; // guarded by lock
  private Hints hints = Hints.NONE; // guarded by lock
  private volatile long applied;

  /// @param index of the state that it was made from
  private record Order(SessionMessages.Ingress ingress, long index, Hints hints) {}

  /// @param underlay this host's address towards the others
  /// @param clusterPort where this node itself is spoken to by the others
  /// @param ownTasks this host's, by their addresses on the ingress network
  /// @param onApplied called when the kernel has what was wanted; by a thread that may block
  IngressApplier(
      HostNetwork network,
      String underlay,
      int clusterPort,
      int gossipPort,
      Supplier<Map<Integer, String>> ownTasks,
      Runnable onApplied) {
    this.network = network;
    this.underlay = underlay;
    this.clusterPort = clusterPort;
    this.gossipPort = gossipPort;
    this.ownTasks = ownTasks;
    this.onApplied = onApplied;
    this.thread = Thread.ofPlatform().name("ingress").daemon().start(this::run);
  }

  /// @param index of the state that it was made from
  void apply(SessionMessages.Ingress ingress, long index) {
    lock.lock();
    try {
      wanted = new Order(ingress, index, hints);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Takes what is heard before managers have decided, in place of what was heard before.
  void heed(Hints next) {
    lock.lock();
    try {
      hints = next;
      if (wanted != null) {
        wanted = new Order(wanted.ingress(), wanted.index(), next);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// What managers said last; empty before they said anything.
  Optional<SessionMessages.Ingress> wanted() {
    lock.lock();
    try {
      return Optional.ofNullable(wanted).map(Order::ingress);
    } finally {
      lock.unlock();
    }
  }

  /// The index of the state that the kernel's rules were last made from; 0 before the first.
  long applied() {
    return applied;
  }

  private void run() {
    Order done = null;
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (true) {
        Order next = await(done);
        try {
          bring(next);
          done = next;
          applied = next.index();
          onApplied.run();
          pause = FIRST_PAUSE_MILLIS;
        } catch (IOException | IllegalArgumentException e) {
          LOG.warn("the ingress network is not as it should be, trying again: {}", e.getMessage());
          Thread.sleep(pause);
          pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void bring(Order next) throws IOException {
    if (next.ingress().present()) {
      network.applyIngress(state(next.ingress(), next.hints()));
    } else {
      network.removeIngress();
    }
  }

  private Order await(@Nullable Order done) throws InterruptedException {
    lock.lock();
    try {
      while (wanted == null || wanted.equals(done)) {
        changed.await();
      }
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  private IngressState state(SessionMessages.Ingress ingress, Hints heard) {
    var backends = PortBackends.of(ingress, underlay, ownTasks.get());
    return new IngressState(
        ingress.vni(),
        new Inet4Network(address(ingress.network()), ingress.prefix()),
        address(ingress.self()),
        Inet4Address.ofLiteral(underlay),
        ingress.dataPathPort(),
        ingress.peers().stream()
            .map(
                p ->
                    new IngressState.Peer(
                        Inet4Address.ofLiteral(p.underlay()), address(p.address())))
            .toList(),
        ingress.endpoints().stream()
            .map(
                e ->
                    new IngressState.RemoteEndpoint(
                        address(e.address()), Inet4Address.ofLiteral(e.underlay())))
            .toList(),
        ingress.ports().stream()
            .filter(p -> !isOwn(p, ingress.dataPathPort()))
            .map(
                p ->
                    new IngressState.PublishedPort(
                        p.protocol().equals("udp") ? TransportProtocol.UDP : TransportProtocol.TCP,
                        p.publishedPort(),
                        p.targetPort(),
                        backends.heeding(p.backends(), heard).stream()
                            .map(IngressApplier::address)
                            .toList(),
                        Optional.ofNullable(p.hostAddresses()).map(Inet4Network::parse),
                        p.keepsCallers()))
            .toList(),
        ingress.mtu() == null ? 0 : ingress.mtu());
  }

  /// Services must not take the ports that hold the cluster together. What is known when a service
  /// is created is refused then; another node may listen elsewhere, and came later.
  private boolean isOwn(SessionMessages.IngressPort port, int dataPathPort) {
    boolean own =
        port.protocol().equals("udp")
            ? port.publishedPort() == dataPathPort || port.publishedPort() == gossipPort
            : port.protocol().equals("tcp") && port.publishedPort() == clusterPort;
    if (own) {
      LOG.warn(
          "port {}/{} is published by a service, but is this node's own: it is not published here",
          port.publishedPort(),
          port.protocol());
    }
    return own;
  }

  private static Inet4Address address(int value) {
    return Inet4Address.ofLiteral(TaskContainer.dotted(value));
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
