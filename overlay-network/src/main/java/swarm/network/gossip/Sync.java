package swarm.network.gossip;

import java.util.ArrayList;
import java.util.List;

/// Compares tables with another member every so often, a part of them at a time, so that whatever
/// was lost is learnt all the same. Confined to the machine's thread.
final class Sync {
  private static final int HEAD = 3; // of a digest
  private static final int ROOM = 700; // for its entries: updates want to go along

  private final String self;
  private final Settings settings;
  private final Peers peers;
  private final Suspicions suspicions;
  private final Outbox out;
  private String cursor = "";
  private long next;

  Sync(String self, Settings settings, Peers peers, Suspicions suspicions, Outbox out) {
    this.self = self;
    this.settings = settings;
    this.peers = peers;
    this.suspicions = suspicions;
    this.out = out;
  }

  void soon(long now) {
    next = now;
  }

  void tick(long now) {
    if (now < next) {
      return;
    }
    next = now + settings.syncInterval();
    for (Peer peer : peers.some(1, p -> p.standing == Standing.ALIVE)) {
      out.send(peer.member.id(), new Message.Digest(false, slice()));
    }
  }

  /// The next entries of the table that fit.
  private List<Message.Entry> slice() {
    var entries = new ArrayList<Message.Entry>();
    int room = ROOM - HEAD;
    var own = new Message.Entry(self, suspicions.incarnation(), Standing.ALIVE);
    entries.add(own);
    room -= PacketCodec.size(own);
    String last = "";
    for (Peer peer : peers.all()) {
      if (peer.member.id().compareTo(cursor) > 0) {
        Message.Entry entry = entry(peer);
        room -= PacketCodec.size(entry);
        if (room < 0) {
          cursor = last;
          return entries;
        }
        entries.add(entry);
        last = peer.member.id();
      }
    }
    cursor = "";
    return entries;
  }

  private static Message.Entry entry(Peer peer) {
    return new Message.Entry(peer.member.id(), peer.incarnation, peer.standing);
  }

  void receive(String from, Message.Digest digest) {
    var older = new ArrayList<Message.Entry>();
    for (Message.Entry entry : digest.entries()) {
      if (entry.id().equals(self)) {
        if (entry.incarnation() < suspicions.incarnation() || entry.standing() != Standing.ALIVE) {
          out.send(from, suspicions.ownStatement());
        }
        continue;
      }
      Peer mine = peers.get(entry.id());
      if (mine == null || entry.id().equals(from)) {
        if (mine != null && mine.incarnation < entry.incarnation()) {
          older.add(entry(mine));
        }
        continue;
      }
      if (newer(mine, entry)) {
        tell(from, mine);
      } else if (entry.incarnation() > mine.incarnation
          || (entry.incarnation() == mine.incarnation
              && entry.standing() != mine.standing
              && mine.standing == Standing.ALIVE)) {
        older.add(entry(mine));
      }
    }
    if (!older.isEmpty() && !digest.answer()) {
      out.send(from, new Message.Digest(true, older));
    }
  }

  private static boolean newer(Peer mine, Message.Entry theirs) {
    return mine.incarnation > theirs.incarnation()
        || (mine.incarnation == theirs.incarnation()
            && theirs.standing() == Standing.ALIVE
            && mine.standing != Standing.ALIVE);
  }

  private void tell(String to, Peer subject) {
    Update statement = subject.statement;
    if (statement != null) {
      out.send(to, statement);
    }
    subject.charges.values().forEach(charge -> out.send(to, charge.accusation()));
  }
}
