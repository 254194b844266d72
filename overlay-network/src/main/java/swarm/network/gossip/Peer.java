package swarm.network.gossip;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is known of one other member. Confined to the machine's thread.
final class Peer {
  /// Enough for the shortest suspicion: one accuser and three who confirm.
  static final int MOST_ACCUSERS = 4;

  /// How many observers' serial numbers are remembered.
  private static final int MOST_SERIALS = 64;

  record Charge(Update.Accusation accusation, long at) {}

  Member member;

  /// The newest life that it spoke of itself; 0 before it did.
  long incarnation;

  /// What it said of that life.
  @Nullable Update statement;

  Standing standing = Standing.ALIVE;
  long since;
  long contact = Opinion.NEVER;
  long nextVerify;

  /// Whether this member probes it by itself while it is suspect.
  boolean verifies;

  /// By observer.
  final TreeMap<String, Charge> charges = new TreeMap<>();

  private final TreeMap<String, Long> serials = new TreeMap<>();

  Peer(Member member, long now) {
    this.member = member;
    since = now;
  }

  void enter(Standing next, long now) {
    if (standing != next) {
      standing = next;
      since = now;
    }
  }

  /// Whether an accusation is newer than what its observer said before of the subject.
  boolean fresh(Update.Accusation accusation) {
    return serials.getOrDefault(accusation.observer(), Long.MIN_VALUE) < accusation.serial();
  }

  void charge(Update.Accusation accusation, long now) {
    if (serials.size() >= MOST_SERIALS && !serials.containsKey(accusation.observer())) {
      serials.clear(); // a replay costs a look then, no more
    }
    serials.put(accusation.observer(), accusation.serial());
    charges.put(accusation.observer(), new Charge(accusation, now));
  }

  /// It lives: what was said against this life of it is void.
  void acquit(long now) {
    charges.clear();
    enter(Standing.ALIVE, now);
  }

  /// It spoke of a new life.
  void reborn(Update newer) {
    incarnation = newer.incarnation();
    statement = newer;
    serials.clear();
  }
}
