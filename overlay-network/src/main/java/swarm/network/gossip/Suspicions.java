package swarm.network.gossip;

import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Who is accused by whom, who has refuted that, and who is dead. Confined to the machine's thread.
final class Suspicions {
  /// As many confirmations make a suspicion as short as it can be.
  private static final int CONFIRMATIONS = Peer.MOST_ACCUSERS - 1;

  /// As many observers must agree, where there are so many.
  private static final int AGREEING = 2;

  /// About so many members look for themselves where another is suspected, beside the judges.
  private static final int VERIFIERS = 8;

  /// Accusations of a future life are taken this far ahead: a subject whose clock went back.
  private static final long MOST_AHEAD = 1L << 40;

  /// Signatures that are verified between two ticks, whatever is sent here.
  private static final int VERIFICATIONS = 24;

  private final String self;
  private final Settings settings;
  private final Signatures signatures;
  private final RandomGenerator random;
  private final Peers peers;
  private final Broadcasts broadcasts;
  private final Awareness awareness;
  private final BooleanSupplier judge;
  private long incarnation;
  private long serial;
  private Update ownStatement;
  private int budget = VERIFICATIONS;

  Suspicions(Swim.Self self, Settings settings, Shared shared) {
    this.self = self.id();
    this.settings = settings;
    signatures = self.signatures();
    judge = self.judge();
    random = shared.random();
    peers = shared.peers();
    broadcasts = shared.broadcasts();
    awareness = shared.awareness();
    incarnation = self.firstIncarnation();
    serial = self.firstIncarnation();
    ownStatement = signedAlive();
    broadcasts.add(ownStatement);
  }

  /// What the parts of the machine share.
  record Shared(RandomGenerator random, Peers peers, Broadcasts broadcasts, Awareness awareness) {}

  private Update signedAlive() {
    var bare = new Update.Alive(self, incarnation, new byte[0]);
    return new Update.Alive(self, incarnation, signatures.sign(bare.statement()));
  }

  long incarnation() {
    return incarnation;
  }

  Update ownStatement() {
    return ownStatement;
  }

  void sayAgain() {
    broadcasts.add(ownStatement);
  }

  Update leave() {
    var bare = new Update.Left(self, incarnation, new byte[0]);
    ownStatement = new Update.Left(self, incarnation, signatures.sign(bare.statement()));
    broadcasts.add(ownStatement);
    return ownStatement;
  }

  // ---- what others say

  void receive(Update update, long now) {
    if (update.subject().equals(self)) {
      aboutSelf(update);
      return;
    }
    Peer subject = peers.get(update.subject());
    if (subject == null) {
      return; // who is a member is not for gossip to say
    }
    switch (update) {
      case Update.Accusation accusation -> accused(subject, accusation, now);
      case Update.Alive alive -> {
        if (alive.incarnation() > subject.incarnation && genuine(alive, subject.member)) {
          subject.reborn(alive);
          subject.acquit(now);
          broadcasts.add(alive);
        }
      }
      case Update.Left left -> {
        boolean news =
            left.incarnation() > subject.incarnation
                || (left.incarnation() == subject.incarnation
                    && !(subject.statement instanceof Update.Left));
        if (news && genuine(left, subject.member)) {
          subject.reborn(left);
          subject.charges.clear();
          subject.enter(Standing.LEFT, now);
          broadcasts.add(left);
        }
      }
    }
  }

  private boolean genuine(Update update, @Nullable Member signer) {
    return signer != null
        && budget-- > 0
        && signatures.verify(signer, update.statement(), update.signature());
  }

  private void aboutSelf(Update update) {
    if (!(update instanceof Update.Accusation accusation)) {
      return;
    }
    Peer observer = peers.get(accusation.observer());
    if (observer == null || ownStatement instanceof Update.Left) {
      return;
    }
    if (accusation.incarnation() < incarnation) {
      broadcasts.add(ownStatement); // they have not heard of this life yet
      return;
    }
    if (accusation.incarnation() - incarnation < MOST_AHEAD && genuine(update, observer.member)) {
      incarnation = accusation.incarnation() + 1;
      ownStatement = signedAlive();
      broadcasts.add(ownStatement);
      awareness.note(1); // one reason to be accused is to be slow
    }
  }

  private void accused(Peer subject, Update.Accusation accusation, long now) {
    boolean counts =
        accusation.incarnation() == subject.incarnation
            && (subject.standing == Standing.ALIVE || subject.standing == Standing.SUSPECT)
            && subject.fresh(accusation)
            && !accusation.observer().equals(subject.member.id())
            && !accusation.observer().equals(self)
            && (subject.charges.size() < Peer.MOST_ACCUSERS
                || subject.charges.containsKey(accusation.observer()));
    if (!counts) {
      return;
    }
    Peer observer = peers.get(accusation.observer());
    if (observer != null && genuine(accusation, observer.member)) {
      charge(subject, accusation, now);
    }
  }

  private void charge(Peer subject, Update.Accusation accusation, long now) {
    subject.charge(accusation, now);
    if (subject.standing == Standing.ALIVE) {
      subject.enter(Standing.SUSPECT, now);
      subject.nextVerify = now;
      subject.verifies =
          judge.getAsBoolean()
              || accusation.observer().equals(self)
              || random.nextInt(Math.max(1, peers.count())) < VERIFIERS;
    }
    broadcasts.add(accusation);
    Update statement = subject.statement;
    if (statement != null) {
      broadcasts.add(statement); // who does not know that life ignores accusations of it
    }
  }

  // ---- what this member sees

  /// This member does not reach the subject.
  void accuse(Peer subject, long now) {
    if (subject.standing == Standing.DEAD || subject.standing == Standing.LEFT) {
      return;
    }
    Peer.Charge before = subject.charges.get(self);
    if (before != null && now - before.at() < settings.accusationLife() / 3) {
      return;
    }
    var bare =
        new Update.Accusation(
            subject.member.id(), subject.incarnation, self, ++serial, new byte[0]);
    charge(
        subject,
        new Update.Accusation(
            bare.subject(),
            bare.incarnation(),
            self,
            bare.serial(),
            signatures.sign(bare.statement())),
        now);
    subject.verifies = true;
  }

  /// The subject answered what was asked at `asked`.
  void answered(Peer subject, long asked, long now) {
    subject.contact = Math.max(subject.contact, asked);
    boolean late = asked < subject.since - awareness.stretch(settings.probeTimeout());
    if (subject.standing != Standing.ALIVE && !late) {
      subject.acquit(now);
    }
  }

  // ---- time

  void tick(long now) {
    budget = VERIFICATIONS;
    for (Peer peer : peers.all()) {
      if (peer.standing == Standing.SUSPECT) {
        consider(peer, now);
      }
    }
  }

  /// This member was not running: nobody could refute anything to it meanwhile.
  void paused(long millis) {
    for (Peer peer : peers.all()) {
      if (peer.standing == Standing.SUSPECT) {
        peer.since += millis;
      }
    }
  }

  private void consider(Peer peer, long now) {
    peer.charges.values().removeIf(charge -> now - charge.at() > settings.accusationLife());
    boolean seen = peer.contact >= peer.since;
    if (peer.charges.isEmpty() || seen) {
      peer.acquit(now);
      return;
    }
    if (peer.verifies && now - peer.since >= awareness.stretch(settings.probeTimeout())) {
      accuse(peer, now);
    }
    int observers = peers.observers(peer);
    if (peer.charges.size() >= Math.min(AGREEING, observers)
        && now - peer.since >= patience(peer.charges.size() - 1, observers)) {
      peer.enter(Standing.DEAD, now);
    }
  }

  /// Lifeguard's formula: the more confirm, the shorter.
  private long patience(int confirmations, int observers) {
    int expected = Math.min(CONFIRMATIONS, observers - 1);
    if (expected <= 0) {
      return settings.suspicionAlone();
    }
    double part = Math.log(confirmations + 1.0) / Math.log(expected + 1.0);
    int span = settings.suspicionMax() - settings.suspicionMin();
    return Math.max(settings.suspicionMin(), Math.round(settings.suspicionMax() - span * part));
  }
}
