package swarm.node.api;

import java.util.Optional;
import swarm.node.control.Manager;
import swarm.node.membership.Membership;

/// Why a manager cannot say what is so in its swarm: most often too few others answer, but this one
/// may also be part of it no more.
final class NoLeader {
  /// Docker's words, which its users search for.
  static final String LEADERLESS =
      "The swarm does not have a leader. It's possible that too few managers are online. Make sure"
          + " more than half of the managers are online.";

  private static final String RPC = "rpc error: code = Unknown desc = ";

  private NoLeader() {}

  /// What to answer a caller who has asked in vain.
  static String why(Daemon daemon) {
    return RPC
        + excluded(daemon.membership())
            .map(
                why ->
                    "this node takes no part in its swarm now: "
                        + why
                        + ". Where more than half of the managers are gone for good, see 'swarm init"
                        + " --force-new-cluster'")
            .orElse(LEADERLESS);
  }

  /// Why the other managers do not take this node as what it is to be; empty where they do, or do
  /// not answer.
  static Optional<String> excluded(Membership membership) {
    return membership.pending().or(membership::refusal);
  }

  /// What `docker info` says is wrong with this node's part in its swarm; empty where nothing is.
  static Optional<String> complaint(Membership membership, Optional<Manager> manager) {
    return excluded(membership)
        .or(() -> manager.flatMap(Manager::impaired))
        .or(
            () ->
                manager.filter(m -> m.leadership().leader().isEmpty()).map(_ -> RPC + LEADERLESS));
  }
}
