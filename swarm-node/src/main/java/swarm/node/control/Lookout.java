package swarm.node.control;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import swarm.scheduler.model.Node;

/// What a look over the nodes leads to, beside the verdicts of [Liveness]: whose host is asked,
/// what this manager's own pauses excuse, and when gossip needs other keys. Pure.
final class Lookout {
  /// Not having looked for so much longer than was meant is not having run: nobody could be heard
  /// meanwhile.
  static final Duration PAUSE = Duration.ofMillis(100);

  private Lookout() {}

  /// Whether a node's host is asked by the manager that leads. Who is down comes back by its
  /// session and by nothing else.
  static boolean asks(Liveness.Evidence evidence, Node.State state) {
    return state != Node.State.DOWN && Liveness.suspect(evidence);
  }

  /// Whether a node's host is asked by a manager that does not lead. Somebody else does, or nobody:
  /// then the host that was lost is likely the leader's, and whoever leads next should not have to
  /// begin with asking it.
  static boolean foresees(Liveness.Hint hint, Node.State state) {
    boolean doubted =
        switch (hint) {
          case SUSPECT, DEAD -> true;
          case NONE, ALIVE, LEFT -> false;
        };
    return doubted && state == Node.State.READY;
  }

  /// For how long this manager did not run; empty where it did.
  ///
  /// @param since the last look
  /// @param period from look to look
  static Optional<Duration> missed(Duration since, Duration period) {
    Duration late = since.minus(period);
    return late.compareTo(PAUSE) > 0 ? Optional.of(late) : Optional.empty();
  }

  /// Whether somebody has left who knows gossip's keys. Those who left before this manager led were
  /// the leader's before it to think of.
  ///
  /// @param sameTerm whether `before` was seen in the term that this manager leads in
  static boolean keysKnownOutside(boolean sameTerm, Set<String> before, Set<String> revoked) {
    return sameTerm && !before.containsAll(revoked);
  }
}
