package swarm.network.gossip;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A member's failure detector on a UDP socket: one platform thread, as its ticks must not wait for
/// whatever else the process is busy with. Silent until it has been told members and keys.
/// Thread-safe.
public final class Gossip implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gossip.class);

  /// Where other members expect each other.
  public static final int PORT = 7946;

  /// Datagrams taken in before the machine is ticked again.
  private static final int MOST_AT_ONCE = 256;

  private static final int STACK_BYTES = 256 << 10;
  private static final int GOODBYES = 3;
  private static final long STALE_MILLIS = 1_000;

  /// Who is a member, and what they seal with.
  public record View(List<Member> members, List<PacketSeal.Key> keys) {
    public View {
      members = List.copyOf(members);
      keys = List.copyOf(keys);
    }
  }

  private final DatagramChannel channel;
  private final Selector selector;
  private final Settings settings = Settings.lan();
  private final NodeKeys nodeKeys = new NodeKeys();
  private final PacketSeal seal = new PacketSeal(new SecureRandom());
  private final String publicKey = nodeKeys.publicKey();
  private final int port;
  private final Thread thread;
  private final AtomicReference<@Nullable View> next = new AtomicReference<>();
  private final AtomicReference<@Nullable List<String>> told = new AtomicReference<>();
  private volatile Runnable onNews = () -> {};
  private volatile SortedMap<String, List<String>> ended = Collections.emptySortedMap();
  private volatile Map<String, Opinion> opinions = Map.of();
  private volatile long ticked = now();
  private volatile boolean closed;
  private volatile boolean leaves;

  private Gossip(DatagramChannel channel, Selector selector, String self, BooleanSupplier judge)
      throws IOException {
    this.channel = channel;
    this.selector = selector;
    port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    var me = new Swim.Self(self, judge, System.currentTimeMillis(), nodeKeys);
    thread =
        Thread.ofPlatform().name("gossip").daemon().stackSize(STACK_BYTES).start(() -> run(me));
  }

  /// Listens at `port`, or, where that is taken, at another one.
  ///
  /// @param self this member's id
  /// @param judge whether this member's opinion is asked for now
  /// @throws IOException where no socket can be had at that address
  public static Gossip open(InetAddress listen, int port, String self, BooleanSupplier judge)
      throws IOException {
    DatagramChannel channel =
        DatagramChannel.open(
            listen instanceof java.net.Inet6Address
                ? java.net.StandardProtocolFamily.INET6
                : java.net.StandardProtocolFamily.INET);
    try {
      try {
        channel.bind(new InetSocketAddress(listen, port));
      } catch (IOException e) {
        channel.bind(new InetSocketAddress(listen, 0));
        LOG.warn(
            "UDP port {} is taken ({}): gossip uses {}, which firewalls must let pass",
            port,
            e.getMessage(),
            channel.getLocalAddress());
      }
      channel.configureBlocking(false);
      Selector selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
      return new Gossip(channel, selector, self, judge);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// The port that it listens at.
  public int port() {
    return port;
  }

  /// What others verify this member's statements with, for [Member#publicKey].
  public String publicKey() {
    return publicKey;
  }

  /// Takes over who is a member now, and with which keys they seal.
  public synchronized void view(View view) {
    if (!closed) {
      next.set(view);
      selector.wakeup();
    }
  }

  /// Says from now on that these of this member's endpoints have ended, the newest first, in place
  /// of what it said before; does not wait.
  public synchronized void tell(List<String> ended) {
    if (!closed) {
      told.set(List.copyOf(ended));
      selector.wakeup();
    }
  }

  /// @param then called when another member said something new of its endpoints, or may look
  ///   otherwise than before; by this detector's thread, which must not be held
  public void onNews(Runnable then) {
    onNews = then;
  }

  /// Which of their own endpoints the other members said last to have ended, by member.
  public SortedMap<String, List<String>> ended() {
    return ended;
  }

  /// What this member thought of the others at its last tick; nothing where that is too long ago to
  /// be relied on.
  public Map<String, Opinion> opinions() {
    return now() - ticked > STALE_MILLIS ? Map.of() : opinions;
  }

  /// The clock of [#opinions].
  public static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private void run(Swim.Self self) {
    var swim = new Swim(self, settings, new SplittableRandom(new SecureRandom().nextLong()), now());
    ByteBuffer buffer = ByteBuffer.allocateDirect(PacketSeal.MAX_DATAGRAM + 1);
    long nextTick = now();
    try {
      while (!closed) {
        selector.select(Math.max(1, nextTick - now()));
        selector.selectedKeys().clear();
        View view = next.getAndSet(null);
        if (view != null) {
          seal.use(view.keys());
          swim.members(view.members(), now());
        }
        List<String> own = told.getAndSet(null);
        if (own != null) {
          send(swim.tell(own, now()));
        }
        receive(swim, buffer);
        boolean news = swim.takeNews();
        if (news) {
          ended = swim.ended();
        }
        long now = now();
        if (now >= nextTick) {
          nextTick = now + settings.tick();
          send(swim.tick(now));
          Map<String, Opinion> before = opinions;
          opinions = swim.opinions();
          news |= now - ticked > STALE_MILLIS; // who asked meanwhile was told nothing
          ticked = now;
          news |= !looks(before).equals(looks(opinions));
        }
        if (news) {
          onNews.run();
        }
      }
      for (int i = 0; leaves && i < GOODBYES; i++) {
        send(swim.leave());
      }
    } catch (IOException e) {
      LOG.error("gossip has ended: hosts that die are found by their silence alone now", e);
    } catch (RuntimeException e) {
      LOG.error("gossip has ended on a defect: hosts that die are found by their silence alone", e);
    }
  }

  /// How those look that are not simply alive.
  private static Map<String, String> looks(Map<String, Opinion> opinions) {
    var all = new TreeMap<String, String>();
    opinions.forEach(
        (id, opinion) -> {
          if (opinion.standing() != Standing.ALIVE) {
            all.put(id, opinion.standing() + " " + opinion.accusers());
          }
        });
    return all;
  }

  private void receive(Swim swim, ByteBuffer buffer) throws IOException {
    for (int i = 0; i < MOST_AT_ONCE; i++) {
      buffer.clear();
      if (channel.receive(buffer) == null) {
        return;
      }
      buffer.flip();
      byte[] datagram = new byte[buffer.remaining()];
      buffer.get(datagram);
      Optional<byte[]> packet = seal.open(datagram);
      if (packet.isPresent()) {
        send(swim.receive(packet.get(), now()));
      }
    }
  }

  private void send(List<Swim.Delivery> deliveries) {
    for (Swim.Delivery delivery : deliveries) {
      Optional<byte[]> datagram = seal.seal(delivery.packet());
      if (datagram.isEmpty()) {
        return; // no key yet
      }
      try {
        // an address as text: nothing is looked up
        var to = new InetSocketAddress(delivery.to().address(), delivery.to().port());
        if (!to.isUnresolved()) {
          channel.send(ByteBuffer.wrap(datagram.get()), to);
        }
      } catch (IOException | IllegalArgumentException e) {
        LOG.debug("to {}: {}", delivery.to().id(), e.toString()); // no route: as good as lost
      }
    }
  }

  /// Tells the others that this daemon stops, and stops.
  public void leave() {
    leaves = true;
    close();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    selector.wakeup();
    try {
      thread.join(1_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    try (channel;
        selector) {
      LOG.debug("gossip on port {} has ended", port);
    } catch (IOException e) {
      LOG.debug("the gossip socket did not close: {}", e.toString());
    }
  }
}
