package swarm.node.control;

import java.util.Map;
import swarm.network.gossip.Gossip;
import swarm.network.gossip.Opinion;

/// What this node's gossip thinks of the others, as evidence. Thread-safe.
@FunctionalInterface
public interface Hints {
  /// How long after gossip took a node for dead its session may still have been heard without
  /// contradicting that: what was on its way.
  long CONTRADICTED_MILLIS = 300;

  /// The silence of a session that was not heard since this manager leads.
  long NOT_HEARD = Long.MAX_VALUE / 2;

  /// No gossip.
  static Hints none() {
    return Map::of;
  }

  Map<String, Opinion> opinions();

  /// Of one node.
  ///
  /// @param silentMillis how long its session has been silent
  default Liveness.Hint of(String nodeId, long silentMillis) {
    Opinion opinion = opinions().get(nodeId);
    if (opinion == null || opinion.contact() == Opinion.NEVER) {
      return Liveness.Hint.NONE; // never reached that way: not to reach it says nothing
    }
    long age = Gossip.now() - opinion.since();
    boolean contradicted = silentMillis + CONTRADICTED_MILLIS < age;
    return switch (opinion.standing()) {
      case ALIVE -> Liveness.Hint.ALIVE;
      case SUSPECT -> contradicted ? Liveness.Hint.NONE : Liveness.Hint.SUSPECT;
      case DEAD -> contradicted ? Liveness.Hint.NONE : Liveness.Hint.DEAD;
      case LEFT -> contradicted ? Liveness.Hint.NONE : Liveness.Hint.LEFT;
    };
  }
}
