package swarm.network.gossip;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Members on a simulated network: the real machine, a clock of its own, dice from a seed.
final class SimGossip {
  /// Each member's key is its name: enough to tell who signed.
  static Signatures keys(String self) {
    return new Signatures() {
      @Override
      public byte[] sign(byte[] statement) {
        return signature(self, statement);
      }

      @Override
      public boolean verify(Member member, byte[] statement, byte[] signature) {
        return Arrays.equals(signature, signature(member.publicKey(), statement));
      }
    };
  }

  private static byte[] signature(String key, byte[] statement) {
    return (key + ":" + Arrays.hashCode(statement))
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  static Member member(String id) {
    return new Member(id, "192.0.2.1", 7946, id);
  }

  static final class Host {
    final String id;
    Swim swim;
    boolean cut;
    boolean down;
    int group;
    long pausedUntil;
    long nextTick;
    final ArrayDeque<byte[]> waiting = new ArrayDeque<>();

    Host(String id, Swim swim) {
      this.id = id;
      this.swim = swim;
    }
  }

  private record Flight(long at, long number, String to, byte[] packet) {}

  private final Random random;
  private final Settings settings = Settings.lan();
  private final PriorityQueue<Flight> flights =
      new PriorityQueue<>(Comparator.comparingLong(Flight::at).thenComparingLong(Flight::number));
  final TreeMap<String, Host> hosts = new TreeMap<>();
  double loss;
  long now = 1_000;
  long sent;
  private long flightNumbers;

  SimGossip(long seed, int members, double loss) {
    random = new Random(seed);
    this.loss = loss;
    for (int i = 0; i < members; i++) {
      String id = "m%02d".formatted(i);
      hosts.put(id, new Host(id, machine(id)));
    }
    List<Member> all = hosts.keySet().stream().map(SimGossip::member).toList();
    for (Host host : hosts.values()) {
      host.swim.members(all, now);
      host.nextTick = now + random.nextInt(settings.tick());
    }
  }

  private Swim machine(String id) {
    return new Swim(new Swim.Self(id, () -> true, now, keys(id)), settings, random, now);
  }

  /// A member's daemon starts again, knowing nothing.
  void restart(Host host) {
    host.swim = machine(host.id);
    host.swim.members(hosts.keySet().stream().map(SimGossip::member).toList(), now);
    host.down = false;
    host.nextTick = now;
  }

  void send(Host from, Collection<Swim.Delivery> deliveries) {
    for (Swim.Delivery delivery : deliveries) {
      sent++;
      Host to = host(delivery.to().id());
      boolean open = !from.cut && !to.cut && from.group == to.group;
      if (open && random.nextDouble() >= loss) {
        flights.add(
            new Flight(now + 1 + random.nextInt(3), flightNumbers++, to.id, delivery.packet()));
      }
    }
  }

  /// Lets a millisecond pass.
  void step() {
    now++;
    for (Flight flight = flights.peek();
        flight != null && flight.at() <= now;
        flight = flights.peek()) {
      flights.remove();
      Host to = host(flight.to());
      if (!to.cut && !to.down && to.waiting.size() < 500) {
        to.waiting.add(flight.packet());
      }
    }
    for (Host host : hosts.values()) {
      if (host.down || host.pausedUntil > now) {
        continue;
      }
      while (!host.waiting.isEmpty()) {
        send(host, host.swim.receive(host.waiting.remove(), now));
      }
      if (now >= host.nextTick) {
        host.nextTick = now + settings.tick();
        send(host, host.swim.tick(now));
      }
    }
  }

  void run(long millis) {
    for (long end = now + millis; now < end; ) {
      step();
    }
  }

  /// Runs until the condition holds.
  ///
  /// @return milliseconds that it took
  long until(long limit, Predicate<SimGossip> condition) {
    long start = now;
    while (!condition.test(this)) {
      if (now - start > limit) {
        throw new AssertionError("not within " + limit + " ms: " + describe());
      }
      step();
    }
    return now - start;
  }

  Opinion opinion(String of, String about) {
    Opinion opinion = host(of).swim.opinions().get(about);
    if (opinion == null) {
      throw new AssertionError(of + " knows no " + about);
    }
    return opinion;
  }

  Host host(String id) {
    Host host = hosts.get(id);
    if (host == null) {
      throw new AssertionError("no host " + id);
    }
    return host;
  }

  /// Who takes whom for dead, among those that run.
  List<String> deaths() {
    var all = new ArrayList<String>();
    for (Host host : hosts.values()) {
      if (!host.down && !host.cut) {
        for (Map.Entry<String, Opinion> entry : host.swim.opinions().entrySet()) {
          if (entry.getValue().standing() == Standing.DEAD) {
            all.add(host.id + " of " + entry.getKey());
          }
        }
      }
    }
    return all;
  }

  /// Whether all that run and are not cut think so of a member.
  boolean agree(String about, Standing standing) {
    return hosts.values().stream()
        .filter(host -> !host.id.equals(about) && !host.cut && !host.down)
        .allMatch(host -> opinion(host.id, about).standing() == standing);
  }

  boolean allAlive() {
    return new TreeSet<>(hosts.keySet()).stream().allMatch(id -> agree(id, Standing.ALIVE));
  }

  String describe() {
    var text = new StringBuilder();
    hosts.values().forEach(host -> text.append(host.id).append(host.swim.opinions()).append('\n'));
    return text.toString();
  }
}
