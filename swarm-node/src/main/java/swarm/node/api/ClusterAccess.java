package swarm.node.api;

import swarm.node.api.check.Consistency;
import swarm.node.api.error.ApiException;
import swarm.node.control.Manager;
import swarm.node.control.Outcome;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandResult;

/// How routes read and change the cluster's state: on a manager, with its words where there is
/// none.
final class ClusterAccess {
  private static final String WORKER =
      "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please"
          + " run this command on a manager node or promote the current node to a manager.";

  private ClusterAccess() {}

  /// This node's manager, or Docker's 503.
  static Manager manager(Daemon daemon) throws ApiException {
    var standby = daemon.membership().standby();
    if (standby.isPresent()) {
      throw new ApiException(503, standby.get().why());
    }
    var active =
        daemon
            .membership()
            .active()
            .orElseThrow(
                () ->
                    new ApiException(
                        503,
                        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect"
                            + " this node to swarm and try again."));
    return active
        .manager()
        .orElseThrow(() -> new ApiException(503, daemon.membership().pending().orElse(WORKER)));
  }

  /// A state to read from: linearizable, unless the caller asked for this manager's own.
  static ClusterState fresh(Daemon daemon, Manager manager, Call call)
      throws ApiException, InterruptedException {
    return Consistency.asked(call.exchange().header(Consistency.HEADER)) == Consistency.STALE
        ? manager.store().state()
        : linearizable(daemon, manager);
  }

  private static ClusterState linearizable(Daemon daemon, Manager manager)
      throws ApiException, InterruptedException {
    return manager.freshState().orElseThrow(() -> noLeader(daemon, manager, ""));
  }

  /// Nobody took a read or a write; the other managers may do so where this one was just demoted.
  private static ApiException noLeader(Daemon daemon, Manager manager, String more) {
    return manager.ended()
        ? new ApiException(503, WORKER)
        : new ApiException(500, NoLeader.why(daemon) + more);
  }

  /// Proposes, and turns what became of it into an answer.
  static long propose(Daemon daemon, Manager manager, Command command)
      throws ApiException, InterruptedException {
    return switch (manager.proposer().propose(command)) {
      case Outcome.Applied applied ->
          switch (applied.result()) {
            case CommandResult.Done _ -> applied.index();
            case CommandResult.NotFound r -> throw new ApiException(404, r.message());
            case CommandResult.Conflict r ->
                // Docker answers an update of an old version with 500, and its clients look for the
                // text
                throw new ApiException(
                    r.message().contains("out of sequence") ? 500 : 409, r.message());
            case CommandResult.Refused r -> throw new ApiException(400, r.message());
          };
      case Outcome.NoLeader none -> throw noLeader(daemon, manager, " (" + none.why() + ")");
      case Outcome.TooLarge large -> throw new ApiException(400, large.why());
      case Outcome.OlderManagers older -> throw new ApiException(503, older.why());
      case Outcome.Unknown unknown ->
          throw new ApiException(
              500,
              "rpc error: code = Unknown desc = it is not known whether the change was kept: "
                  + unknown.why()
                  + "; look before you try again");
    };
  }
}
