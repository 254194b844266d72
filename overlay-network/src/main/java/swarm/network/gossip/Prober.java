package swarm.network.gossip;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Asks the members whether they are there, one after the other, through others where one does not
/// answer; and asks for others. Confined to the machine's thread.
final class Prober {
  /// How long late answers are recognised, and the most questions that are remembered.
  private static final long MEMORY_MILLIS = 3_000;

  private static final int MOST_PROBES = 2_048;
  private static final int MOST_RELAYS = 256;

  /// Members that are verified between two ticks.
  private static final int MOST_VERIFIED = 16;

  private static final int VERIFY_MILLIS = 50;

  private static final class Probe {
    final String target;
    final long asked;
    long began;

    /// Whether it is part of the round, so that no answer has consequences.
    boolean open;

    boolean relayed;
    int relays;
    int nacks;

    Probe(String target, long now, boolean open) {
      this.target = target;
      asked = now;
      began = now;
      this.open = open;
    }
  }

  private record Relay(String origin, long nonce, String target, long at) {}

  private final Settings settings;
  private final RandomGenerator random;
  private final Peers peers;
  private final Awareness awareness;
  private final Suspicions suspicions;
  private final Outbox out;
  private final Map<Long, Probe> probes = new LinkedHashMap<>();
  private final Map<Long, Relay> relays = new LinkedHashMap<>();
  private final List<String> round = new ArrayList<>();
  private final List<String> revisits = new ArrayList<>();
  private long nextProbe;
  private long nextRevisit;

  Prober(Settings settings, Suspicions.Shared shared, Suspicions suspicions, Outbox out) {
    this.settings = settings;
    this.suspicions = suspicions;
    this.out = out;
    random = shared.random();
    peers = shared.peers();
    awareness = shared.awareness();
  }

  // ---- what others say

  void receive(String sender, Message.Ping ping) {
    out.send(sender, new Message.Ack(ping.nonce()));
  }

  void receive(String sender, Message.PingRequest request, long now) {
    Peer target = peers.get(request.target());
    if (target == null || relays.size() >= MOST_RELAYS) {
      return;
    }
    long nonce = random.nextLong();
    relays.put(nonce, new Relay(sender, request.nonce(), request.target(), now));
    out.send(request.target(), new Message.Ping(nonce));
  }

  void receive(String sender, Message.Ack ack, long now) {
    Relay relay = relays.get(ack.nonce());
    if (relay != null && relay.target().equals(sender)) {
      relays.remove(ack.nonce());
      out.send(relay.origin(), new Message.Ack(relay.nonce()));
      Peer target = peers.get(sender);
      if (target != null) {
        suspicions.answered(target, relay.at(), now);
      }
      return;
    }
    Probe probe = probes.get(ack.nonce());
    if (probe == null) {
      return;
    }
    if (probe.open) {
      probe.open = false;
      awareness.note(-1);
    }
    Peer target = peers.get(probe.target);
    if (target != null && probe.target.equals(sender)) {
      probes.remove(ack.nonce());
      suspicions.answered(target, probe.asked, now);
    }
  }

  void receive(Message.Nack nack) {
    Probe probe = probes.get(nack.nonce());
    if (probe != null && probe.open) {
      probe.nacks = Math.min(probe.relays, probe.nacks + 1);
    }
  }

  // ---- time

  /// This member was not running: answers may be waiting, and nobody is to blame.
  void paused(long millis) {
    for (Probe probe : probes.values()) {
      probe.began += millis;
    }
  }

  void tick(long now) {
    forget(now);
    for (Relay relay : relays.values()) {
      long age = now - relay.at();
      if (age >= settings.pingTimeout() && age < settings.pingTimeout() + settings.tick()) {
        out.send(relay.origin(), new Message.Nack(relay.nonce()));
      }
    }
    for (Map.Entry<Long, Probe> entry : new ArrayList<>(probes.entrySet())) {
      if (entry.getValue().open) {
        pursue(entry.getKey(), entry.getValue(), now);
      }
    }
    if (now >= nextProbe) {
      nextProbe = now + awareness.stretch(settings.interval());
      probeNext(now);
    }
    if (now >= nextRevisit) {
      nextRevisit = now + settings.revisitInterval();
      revisitNext(now);
    }
    verify(now);
  }

  private void forget(long now) {
    relays.values().removeIf(relay -> now - relay.at() > MEMORY_MILLIS);
    probes.values().removeIf(probe -> !probe.open && now - probe.began > MEMORY_MILLIS);
    var eldest = probes.keySet().iterator();
    for (int over = probes.size() - MOST_PROBES; over > 0; over--) {
      eldest.next();
      eldest.remove();
    }
  }

  private void pursue(long nonce, Probe probe, long now) {
    Peer target = peers.get(probe.target);
    if (target == null) {
      probe.open = false;
      return;
    }
    long age = now - probe.began;
    if (age >= awareness.stretch(settings.probeTimeout())) {
      probe.open = false;
      // those asked for help are there, as their nacks say: then it is the target's fault
      awareness.note(probe.relays == 0 ? 1 : probe.relays - probe.nacks);
      suspicions.accuse(target, now);
    } else if (!probe.relayed && age >= awareness.stretch(settings.pingTimeout())) {
      probe.relayed = true;
      out.send(probe.target, new Message.Ping(nonce));
      for (Peer relay :
          peers.some(settings.relays(), p -> p != target && p.standing == Standing.ALIVE)) {
        probe.relays++;
        out.send(relay.member.id(), new Message.PingRequest(nonce, probe.target));
      }
    }
  }

  private void probeNext(long now) {
    Peer target =
        next(round, peer -> peer.standing == Standing.ALIVE || peer.standing == Standing.SUSPECT);
    if (target != null) {
      ask(target, now, true);
    }
  }

  /// Who is dead or has left may be back, and not know what is said of it.
  private void revisitNext(long now) {
    Peer target =
        next(revisits, peer -> peer.standing == Standing.DEAD || peer.standing == Standing.LEFT);
    if (target != null) {
      ask(target, now, false);
    }
  }

  /// The next of a shuffled round.
  private @org.jspecify.annotations.Nullable Peer next(
      List<String> order, java.util.function.Predicate<Peer> condition) {
    for (int pass = 0; pass < 2; pass++) {
      while (!order.isEmpty()) {
        Peer peer = peers.get(order.removeLast());
        if (peer != null && condition.test(peer)) {
          return peer;
        }
      }
      for (Peer peer : peers.all()) {
        if (condition.test(peer)) {
          order.add(peer.member.id());
        }
      }
      for (int i = order.size(); i > 1; i--) {
        Collections.swap(order, i - 1, random.nextInt(i));
      }
    }
    return null;
  }

  /// Who is suspect is asked again and again: one answer is worth more than any accusation.
  private void verify(long now) {
    int left = MOST_VERIFIED;
    for (Peer peer : peers.all()) {
      if (left > 0
          && peer.standing == Standing.SUSPECT
          && peer.verifies
          && now >= peer.nextVerify) {
        left--;
        check(peer, now);
      }
    }
  }

  /// Asks a member of whom something else was heard than that it is well.
  void check(Peer peer, long now) {
    if (now >= peer.nextVerify) {
      peer.nextVerify = now + VERIFY_MILLIS;
      ask(peer, now, false);
    }
  }

  private void ask(Peer target, long now, boolean open) {
    long nonce = random.nextLong();
    probes.put(nonce, new Probe(target.member.id(), now, open));
    out.send(target.member.id(), new Message.Ping(nonce));
  }
}
