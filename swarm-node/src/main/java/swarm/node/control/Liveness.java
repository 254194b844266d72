package swarm.node.control;

import java.time.Duration;
import java.util.Optional;
import swarm.scheduler.model.Flaps;
import swarm.scheduler.model.Node;

/// Decides what a leader should think of a node. Pure.
///
/// A daemon is not a host: a host whose network stack refuses a connection is there, only its
/// daemon is not, and its containers run on. A host that says nothing at all is gone.
///
/// No single witness is enough for that: the session must be silent (it is TCP, which lost packets
/// delay), the other nodes' gossip must agree (it is UDP, and many observers), and the host must
/// not answer when it is asked.
public final class Liveness {
  /// Silence of a session after which the host itself is asked: three missed heartbeats and a
  /// little.
  public static final Duration SUSPECT_AFTER = Duration.ofMillis(600);

  /// Where gossip does not reach the node either: two missed heartbeats.
  public static final Duration DOUBTED_AFTER = Duration.ofMillis(300);

  /// Silence of a session whose host still accepts connections after which its daemon counts as
  /// stuck.
  public static final Duration STUCK_AFTER = Duration.ofSeconds(10);

  /// Silence after which a host of which gossip knows nothing is gone, if it does not answer.
  public static final Duration GONE_AFTER = Duration.ofMillis(1_200);

  /// Where gossip is not of one mind.
  public static final Duration DISPUTED_FOR = Duration.ofSeconds(3);

  /// Probes without any answer, one after another, after which the host is gone, where gossip
  /// cannot confirm that.
  public static final int FAILED_PROBES = 3;

  private Liveness() {}

  /// What a probe of the host's cluster port said.
  public enum Probe {
    /// None was made since the node was last heard.
    NONE,
    /// A daemon listens.
    ANSWERED,
    /// The host refused: nothing listens.
    REFUSED,
    /// Nothing came back in time.
    SILENT
  }

  /// What the nodes' gossip says.
  public enum Hint {
    /// Nothing that counts: the node takes no part, or was never reached that way.
    NONE,
    ALIVE,
    /// Somebody does not reach it.
    SUSPECT,
    /// As many observers as can be asked for do not reach it.
    DEAD,
    /// The daemon said itself that it stops.
    LEFT
  }

  /// What is known of a node besides its state.
  ///
  /// @param heard whether any manager heard its agent since this leader leads
  /// @param silence how long ago that was, or how long this leader leads
  /// @param steady for how long it has been heard without such a silence
  /// @param inState for how long this leader has seen it in its state. Not the time that the state
  ///   bears: while nobody led, nobody could come back, and another leader's clock is another one
  /// @param lastProbe the newest probe's result
  /// @param silentProbes how many probes in a row had no answer
  public record Evidence(
      boolean heard,
      Duration silence,
      Duration steady,
      Duration inState,
      Probe lastProbe,
      int silentProbes,
      Hint hint) {}

  /// The state that the node should have, and why; empty where it should keep its own.
  public record Verdict(Node.State state, String why) {}

  /// Whether the host should be asked.
  public static boolean suspect(Evidence evidence) {
    boolean doubted =
        switch (evidence.hint()) {
          case SUSPECT, DEAD, LEFT -> true;
          case NONE, ALIVE -> false;
        };
    if (evidence.hint() == Hint.DEAD && !evidence.heard()) {
      return true; // a leader that has just begun: gossip has looked on for longer
    }
    return longer(evidence.silence(), doubted ? DOUBTED_AFTER : SUSPECT_AFTER);
  }

  public static Optional<Verdict> judge(Node node, Evidence evidence, Duration lease) {
    Node.State state = node.status().state();
    if (!suspect(evidence)) {
      return back(node, evidence);
    }
    if (state == Node.State.DOWN) {
      return Optional.empty();
    }
    if (gone(state, evidence)) {
      return Optional.of(new Verdict(Node.State.DOWN, "host does not answer"));
    }
    if (state == Node.State.DISCONNECTED) {
      return longer(evidence.inState(), lease)
          ? Optional.of(
              new Verdict(
                  Node.State.DOWN,
                  "no daemon for longer than the lease of " + lease.toSeconds() + " s"))
          : Optional.empty();
    }
    if (state == Node.State.UNKNOWN) {
      return Optional.empty(); // it never had a session: it has no tasks either
    }
    return disconnected(evidence);
  }

  /// A node that flaps must stay for a while before it counts.
  private static Optional<Verdict> back(Node node, Evidence evidence) {
    Node.State state = node.status().state();
    if (!evidence.heard() || !(state == Node.State.DOWN || state == Node.State.DISCONNECTED)) {
      return Optional.empty();
    }
    Duration hold = state == Node.State.DOWN ? Flaps.hold(node.status().flaps()) : Duration.ZERO;
    boolean stayed =
        evidence.steady().compareTo(hold) >= 0 && evidence.inState().compareTo(hold) >= 0;
    return stayed ? Optional.of(new Verdict(Node.State.READY, "")) : Optional.empty();
  }

  private static boolean gone(Node.State state, Evidence evidence) {
    int silent = evidence.silentProbes();
    if (state == Node.State.DISCONNECTED) {
      // its daemon says nothing on any way: only the host's own silence counts
      return silent >= FAILED_PROBES;
    }
    return switch (evidence.hint()) {
      case DEAD -> silent > 0 && (!evidence.heard() || longer(evidence.silence(), SUSPECT_AFTER));
      case NONE -> silent >= FAILED_PROBES && longer(evidence.silence(), GONE_AFTER);
      case SUSPECT, LEFT -> silent >= FAILED_PROBES && longer(evidence.silence(), DISPUTED_FOR);
      case ALIVE -> false; // others hear it: it may have lost its session, not its host
    };
  }

  private static Optional<Verdict> disconnected(Evidence evidence) {
    if (evidence.hint() == Hint.LEFT) {
      return Optional.of(new Verdict(Node.State.DISCONNECTED, "its daemon was stopped"));
    }
    if (evidence.lastProbe() == Probe.REFUSED) {
      return Optional.of(new Verdict(Node.State.DISCONNECTED, "host answers, its daemon does not"));
    }
    boolean there = evidence.lastProbe() == Probe.ANSWERED || evidence.hint() == Hint.ALIVE;
    return there && longer(evidence.silence(), STUCK_AFTER)
        ? Optional.of(new Verdict(Node.State.DISCONNECTED, "daemon has no session"))
        : Optional.empty();
  }

  private static boolean longer(Duration time, Duration limit) {
    return time.compareTo(limit) > 0;
  }
}
