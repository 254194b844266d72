package swarm.node.membership;

import io.grpc.StatusException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.Manager;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.scheduler.model.Node;

/// Leaving: what the user is warned of, and telling the managers.
final class Farewell {
  private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LAST_PAUSE_MILLIS = 1_000;
  private static final String ATTEMPT =
      "You are attempting to leave the swarm on a node that is participating as a manager. ";

  private Farewell() {}

  /// What a manager's user is warned of.
  static String warning(Manager manager) {
    if (manager.leadership().leader().isEmpty()) { // what the state says of the others is old
      return warning("Doing so may lose the consensus of your cluster.");
    }
    List<Node> managers =
        manager.store().state().nodes().values().stream().filter(n -> n.manager() != null).toList();
    long answering = managers.stream().filter(Node::managerReachable).count();
    return warning(managers.size(), Math.toIntExact(answering));
  }

  /// Docker's words. Pure.
  ///
  /// @param answering how many of the managers take part in the log, this one among them
  static String warning(int managers, int answering) {
    if (managers <= 1) {
      return ATTEMPT
          + "Removing the last manager erases all current state of the swarm. Use `--force` to"
          + " ignore this message.";
    }
    return warning(
        "Removing this node leaves "
            + Math.max(0, answering - 1)
            + " managers out of "
            + managers
            + "."
            + (answering - 1 < managers / 2 + 1
                ? " Without a Raft quorum your swarm will be inaccessible."
                : ""));
  }

  private static String warning(String quorum) {
    return ATTEMPT
        + quorum
        + " The only way to restore a swarm that has lost consensus is to reinitialize it with"
        + " `--force-new-cluster`. Use `--force` to suppress this message.";
  }

  /// Tells the managers, until one of them has let this node go or the time is over; a cluster that
  /// cannot be told finds out by itself.
  ///
  /// @param own this node's manager, where it is one; it may be the leader, which cannot be removed
  /// @param managers others than this node
  /// @return whether they know, or there are none
  static boolean say(Optional<Manager> own, ClusterClient client, List<String> managers)
      throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (!managers.isEmpty()) {
      own.ifPresent(Manager::resign);
      for (String manager : managers) {
        if (told(client, manager)) {
          return true;
        }
      }
      if (System.nanoTime() + Duration.ofMillis(pause).toNanos() >= end) {
        LOG.warn("no manager of {} was told that this node leaves", managers);
        return false;
      }
      Thread.sleep(pause);
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
    }
    return true;
  }

  /// What a user is to do whose node is gone without the managers' knowledge. Pure.
  ///
  /// @param why they were not told, as a sentence without its end
  /// @param manager whether it was one of them: then it counts for their majority until it is
  ///   demoted
  /// @param others where they are
  static String untold(String why, String hostname, boolean manager, List<String> others) {
    String remove = "'swarm node rm --force " + hostname + "'";
    return why
        + ": on one of them ("
        + String.join(", ", new LinkedHashSet<>(others))
        + ") run "
        + (manager ? "'swarm node demote " + hostname + "' and then " + remove : remove)
        + (manager ? ". Until then it counts for their majority." : ".");
  }

  private static boolean told(ClusterClient client, String manager) {
    try {
      Messages.MemberReply reply = client.leave(manager, true);
      if (reply.outcome() != Messages.MemberOutcome.DONE) {
        LOG.debug("manager {} does not let this node go yet: {}", manager, reply.error());
      }
      return reply.outcome() == Messages.MemberOutcome.DONE;
    } catch (StatusException e) {
      LOG.debug("manager {} was not told: {}", manager, e.getMessage());
      return false;
    }
  }
}
