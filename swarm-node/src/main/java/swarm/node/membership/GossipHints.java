package swarm.node.membership;

import java.util.Map;
import java.util.function.Supplier;
import swarm.network.gossip.Gossip;
import swarm.network.gossip.Opinion;
import swarm.node.control.Hints;
import swarm.node.control.Liveness;

/// Gossip's opinions as the managers' evidence. Thread-safe.
record GossipHints(Supplier<Map<String, Opinion>> opinions) implements Hints {
  /// How long after gossip took a node for dead its session may still have been heard without
  /// contradicting that: what was on its way.
  private static final long CONTRADICTED_MILLIS = 300;

  @Override
  public Liveness.Hint of(String nodeId, long silentMillis) {
    Opinion opinion = opinions.get().get(nodeId);
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
