package swarm.network.gossip;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The members' words on their own endpoints: this member's goes to all at once, others' are passed
/// on a few times when they are new, and whoever has something to say repeats it, as nothing else
/// brings back what was lost. Confined to the machine's thread.
///
/// They travel in packets of their own, of a format that older members do not read: those lose
/// nothing else by it.
final class Notices {
  /// This member tells so many others itself; beyond that they pass it on.
  private static final int MOST_AT_ONCE = 64;

  /// From one round to the next of what is new.
  private static final int ROUND_MILLIS = 50;

  /// From one repetition of this member's own to the next.
  private static final int REPEAT_MILLIS = 1_000;

  /// Signatures that are verified between two ticks, whatever is sent here.
  private static final int VERIFICATIONS = 24;

  private static final class Item {
    final Notice notice;
    final Member signer; // as it was: another key is another life, whose serials count anew
    int left;

    Item(Notice notice, Member signer, int left) {
      this.notice = notice;
      this.signer = signer;
      this.left = left;
    }
  }

  private final String self;
  private final Settings settings;
  private final Signatures signatures;
  private final Peers peers;
  private final Outbox out;
  private final TreeMap<String, Item> others = new TreeMap<>();
  private @Nullable Notice own;
  private int ownLeft;
  private long serial;
  private long nextRound;
  private long nextRepeat;
  private int budget = VERIFICATIONS;
  private boolean news;

  Notices(Swim.Self self, Settings settings, Peers peers, Outbox out) {
    this.self = self.id();
    this.settings = settings;
    signatures = self.signatures();
    serial = self.firstIncarnation();
    this.peers = peers;
    this.out = out;
  }

  /// Says from now on that these of this member's endpoints have ended. The first count where not
  /// all fit.
  void tell(Collection<String> ended, long now) {
    List<String> fitting = Notice.fitting(ended);
    if (own == null ? fitting.isEmpty() : own.ended().equals(fitting)) {
      return;
    }
    var bare = new Notice(self, ++serial, fitting, new byte[0]);
    Notice signed = new Notice(self, serial, fitting, signatures.sign(bare.statement()));
    own = signed;
    if (fitting.isEmpty()) {
      ownLeft = 0; // what has ended is never used again: nobody has to hear that it is old news
      return;
    }
    ownLeft = rounds();
    nextRepeat = now + REPEAT_MILLIS;
    nextRound = now + ROUND_MILLIS;
    peers.some(MOST_AT_ONCE, _ -> true).forEach(peer -> out.send(peer.member.id(), signed));
  }

  private int rounds() {
    return settings.lambda() * (32 - Integer.numberOfLeadingZeros(peers.count()));
  }

  void receive(Notice notice) {
    Peer subject = peers.get(notice.subject());
    if (subject == null) {
      return; // who is a member is not for gossip to say
    }
    Item known = others.get(notice.subject());
    if (known != null
        && known.signer.publicKey().equals(subject.member.publicKey())
        && known.notice.serial() >= notice.serial()) {
      return;
    }
    if (budget-- > 0 && signatures.verify(subject.member, notice.statement(), notice.signature())) {
      others.put(notice.subject(), new Item(notice, subject.member, rounds()));
      news = true;
    }
  }

  void forget(String id) {
    others.remove(id);
  }

  void tick(long now) {
    budget = VERIFICATIONS;
    Notice mine = own;
    if (mine != null && !mine.ended().isEmpty() && now >= nextRepeat) {
      nextRepeat = now + REPEAT_MILLIS;
      ownLeft = Math.max(ownLeft, 1);
    }
    if (now < nextRound) {
      return;
    }
    nextRound = now + ROUND_MILLIS;
    if (mine != null && ownLeft > 0) {
      ownLeft--;
      pass(mine);
    }
    for (Item item : others.values()) {
      if (item.left > 0) {
        item.left--;
        pass(item.notice);
      }
    }
  }

  private void pass(Notice notice) {
    for (Peer peer : peers.some(settings.fanout(), p -> !p.member.id().equals(notice.subject()))) {
      out.send(peer.member.id(), notice);
    }
  }

  /// Whether another member has said something new since this was asked last.
  boolean takeNews() {
    boolean had = news;
    news = false;
    return had;
  }

  /// What each other member said last, by its id.
  SortedMap<String, List<String>> ended() {
    var all = new TreeMap<String, List<String>>();
    others.forEach((id, item) -> all.put(id, item.notice.ended()));
    return all;
  }
}
