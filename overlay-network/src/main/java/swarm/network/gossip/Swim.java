package swarm.network.gossip;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// One member's failure detector: SWIM (Das, Gupta, Motivala 2002) with the self-awareness and the
/// suspicion of Lifeguard (Dadgar, Phillips, Currey 2018). Pure in the sense that time, dice and
/// keys come in: whoever drives it delivers packets and ticks, and sends what it answers. Confined
/// to one thread.
///
/// What differs from the papers: who is a member is given, not gossiped; death is not gossiped,
/// each member concludes it from accusations that their observers have signed; and whoever judges,
/// or accuses, asks a suspect itself again and again, as one answer is worth more than any number
/// of accusations.
public final class Swim {
  /// Not having run for so much longer than a tick is being paused.
  private static final long PAUSE_MILLIS = 75;

  /// Own updates go to the others at this pace while there are any.
  private static final int GOSSIP_MILLIS = 50;

  /// How often an accused member's letters carry what it is accused of.
  private static final int MOST_CHARGES = 2;

  /// @param id this member's
  /// @param judge whether others rely on this member's opinion now: it then looks for itself
  ///   whenever anybody is suspected
  /// @param firstIncarnation higher than that of any earlier life of this member: its wall clock in
  ///   milliseconds will do
  public record Self(
      String id, BooleanSupplier judge, long firstIncarnation, Signatures signatures) {}

  /// A packet for a member.
  public record Delivery(Member to, byte[] packet) {}

  private final String self;
  private final Settings settings;
  private final Peers peers;
  private final Broadcasts broadcasts;
  private final Awareness awareness = new Awareness();
  private final Outbox out = new Outbox();
  private final Suspicions suspicions;
  private final Prober prober;
  private final Sync sync;
  private final Notices notices;
  private long lastTick;
  private long nextGossip;

  public Swim(Self self, Settings settings, RandomGenerator random, long now) {
    this.self = self.id();
    this.settings = settings;
    peers = new Peers(random);
    broadcasts = new Broadcasts(settings.lambda());
    var shared = new Suspicions.Shared(random, peers, broadcasts, awareness);
    suspicions = new Suspicions(self, settings, shared);
    prober = new Prober(settings, shared, suspicions, out);
    sync = new Sync(this.self, settings, peers, suspicions, out);
    notices = new Notices(self, settings, peers, out);
    lastTick = now;
  }

  /// Takes over who is a member now; this one may be among them.
  public void members(Collection<Member> all, long now) {
    var others = new TreeMap<String, Member>();
    for (Member member : all) {
      if (!member.id().equals(self)) {
        others.put(member.id(), member);
      }
    }
    int before = peers.count();
    for (String gone : peers.set(others, now)) {
      broadcasts.forget(gone);
      notices.forget(gone);
    }
    if (peers.count() > before) {
      suspicions.sayAgain();
      sync.soon(now);
    }
  }

  /// Time goes on; to be called every [Settings#tick] milliseconds.
  public List<Delivery> tick(long now) {
    long late = now - lastTick - settings.tick();
    lastTick = now;
    if (late > PAUSE_MILLIS) {
      awareness.note(1);
      prober.paused(late);
      suspicions.paused(late);
    }
    prober.tick(now);
    suspicions.tick(now);
    sync.tick(now);
    notices.tick(now);
    if (!broadcasts.isEmpty() && now >= nextGossip) {
      nextGossip = now + GOSSIP_MILLIS;
      gossip();
    }
    return flush();
  }

  private void gossip() {
    for (Peer peer :
        peers.some(
            settings.fanout(),
            p -> p.standing == Standing.ALIVE || p.standing == Standing.SUSPECT)) {
      out.to(peer.member.id());
    }
  }

  /// A packet came, opened and genuine. What is not one of ours is ignored.
  public List<Delivery> receive(byte[] bytes, long now) {
    Optional<Packet> packet = PacketCodec.decode(bytes);
    Peer sender = packet.map(p -> peers.get(p.sender())).orElse(null);
    if (packet.isEmpty() || sender == null) {
      return List.of();
    }
    boolean quiet = broadcasts.isEmpty();
    for (Update update : packet.get().updates()) {
      suspicions.receive(update, now);
    }
    packet.get().notices().forEach(notices::receive);
    for (Message message : packet.get().messages()) {
      receive(sender, message, now);
    }
    if (sender.standing != Standing.ALIVE) {
      prober.check(sender, now);
    }
    if (quiet && !broadcasts.isEmpty()) {
      nextGossip = now; // at the next tick: what else comes until then goes along
    }
    return flush();
  }

  private void receive(Peer sender, Message message, long now) {
    String from = sender.member.id();
    switch (message) {
      case Message.Ping ping -> prober.receive(from, ping);
      case Message.PingRequest request -> prober.receive(from, request, now);
      case Message.Ack ack -> prober.receive(from, ack, now);
      case Message.Nack nack -> prober.receive(nack);
      case Message.Digest digest -> sync.receive(from, digest);
    }
  }

  /// This member's daemon stops: what to tell everybody, more than once.
  public List<Delivery> leave() {
    Update left = suspicions.leave();
    for (Peer peer : peers.all()) {
      out.send(peer.member.id(), left);
    }
    return flush();
  }

  /// Says from now on that these of this member's endpoints have ended, in place of what it said
  /// before. Where not all fit into a packet the first do.
  public List<Delivery> tell(List<String> ended, long now) {
    notices.tell(ended, now);
    return flush();
  }

  /// Whether another member has said something new of its endpoints since this was asked last.
  public boolean takeNews() {
    return notices.takeNews();
  }

  /// Which of their own endpoints the others said last to have ended, by member.
  public SortedMap<String, List<String>> ended() {
    return notices.ended();
  }

  /// What this member thinks of the others.
  public Map<String, Opinion> opinions() {
    var all = new TreeMap<String, Opinion>();
    for (Peer peer : peers.all()) {
      all.put(
          peer.member.id(),
          new Opinion(
              peer.standing, peer.charges.size(), peers.observers(peer), peer.since, peer.contact));
    }
    return all;
  }

  /// How much this member doubts its own sight: 0 not at all, 4 most.
  public int doubt() {
    return awareness.score();
  }

  private List<Delivery> flush() {
    var all = new ArrayList<Delivery>();
    out.take()
        .forEach(
            (id, letter) -> {
              Peer peer = peers.get(id);
              if (peer != null) {
                pack(peer, letter, all);
              }
            });
    return all;
  }

  private void pack(Peer to, Outbox.Letter letter, List<Delivery> all) {
    // whoever is accused is told first, so that it can refute
    to.charges.values().stream()
        .limit(MOST_CHARGES)
        .map(Peer.Charge::accusation)
        .filter(charge -> !letter.updates.contains(charge))
        .forEach(letter.updates::addFirst);
    int room = PacketCodec.MAX_BYTES - PacketCodec.emptySize(self);
    var messages = new ArrayList<Message>();
    for (Message message : letter.messages) {
      int size = PacketCodec.size(message);
      if (size > room) {
        all.add(delivery(to, messages, List.of()));
        messages.clear();
        room = PacketCodec.MAX_BYTES - PacketCodec.emptySize(self);
      }
      room -= size;
      messages.add(message);
    }
    var updates = new ArrayList<Update>();
    for (Update update : letter.updates) {
      int size = PacketCodec.size(update);
      if (size <= room) { // what does not fit the next sync brings
        room -= size;
        updates.add(update);
      }
    }
    updates.addAll(broadcasts.take(room, peers.count(), updates));
    if (!messages.isEmpty() || !updates.isEmpty()) {
      all.add(delivery(to, messages, updates));
    }
    for (Notice notice : letter.notices) { // each alone: older members throw such packets away
      all.add(
          new Delivery(
              to.member,
              PacketCodec.encode(new Packet(self, List.of(), List.of(), List.of(notice)))));
    }
  }

  private Delivery delivery(Peer to, List<Message> messages, List<Update> updates) {
    return new Delivery(
        to.member,
        PacketCodec.encode(new Packet(self, List.copyOf(messages), List.copyOf(updates))));
  }
}
