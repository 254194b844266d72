package swarm.node.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import swarm.scheduler.model.Node;

/// Decides what a leader should think of a node. Pure.
///
/// A daemon is not a host: a host whose network stack refuses a connection is there, only its
/// daemon is not, and its containers run on. A host that says nothing at all is gone.
public final class Liveness {
  /// Silence of a session after which the host itself is asked: three missed heartbeats and a
  /// little.
  public static final Duration SUSPECT_AFTER = Duration.ofMillis(600);

  /// Silence of a session whose host still accepts connections after which its daemon counts as
  /// stuck.
  public static final Duration STUCK_AFTER = Duration.ofSeconds(10);

  /// Probes without any answer, one after another, after which the host is gone.
  public static final int FAILED_PROBES = 2;

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

  /// What is known of a node besides its state.
  ///
  /// @param heard whether any manager heard its agent since this leader leads
  /// @param silence how long ago that was, or how long this leader leads
  /// @param lastProbe the newest probe's result
  /// @param silentProbes how many probes in a row had no answer
  public record Evidence(boolean heard, Duration silence, Probe lastProbe, int silentProbes) {}

  /// The state that the node should have, and why; empty where it should keep its own.
  public record Verdict(Node.State state, String why) {}

  /// Whether the host should be asked.
  public static boolean suspect(Evidence evidence) {
    return evidence.silence().compareTo(SUSPECT_AFTER) > 0;
  }

  public static Optional<Verdict> judge(Node node, Evidence evidence, Instant now, Duration lease) {
    Node.State state = node.status().state();
    if (!suspect(evidence)) {
      boolean back = state == Node.State.DOWN || state == Node.State.DISCONNECTED;
      return back && evidence.heard()
          ? Optional.of(new Verdict(Node.State.READY, ""))
          : Optional.empty();
    }
    if (state == Node.State.DOWN) {
      return Optional.empty();
    }
    if (evidence.silentProbes() >= FAILED_PROBES) {
      return Optional.of(new Verdict(Node.State.DOWN, "host does not answer"));
    }
    if (state == Node.State.DISCONNECTED) {
      return Duration.between(node.status().since(), now).compareTo(lease) > 0
          ? Optional.of(
              new Verdict(
                  Node.State.DOWN,
                  "no daemon for longer than the lease of " + lease.toSeconds() + " s"))
          : Optional.empty();
    }
    if (state == Node.State.UNKNOWN) {
      return Optional.empty(); // it never had a session: it has no tasks either
    }
    if (evidence.lastProbe() == Probe.REFUSED) {
      return Optional.of(new Verdict(Node.State.DISCONNECTED, "host answers, its daemon does not"));
    }
    if (evidence.lastProbe() == Probe.ANSWERED && evidence.silence().compareTo(STUCK_AFTER) > 0) {
      return Optional.of(new Verdict(Node.State.DISCONNECTED, "daemon has no session"));
    }
    return Optional.empty();
  }
}
