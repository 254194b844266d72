package swarm.node.control;

import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.rpc.Messages;
import swarm.raft.log.Member;
import swarm.raft.log.MembershipResult;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Node;

/// Changes of who takes part in the log, as the leader makes them; each waits for its end.
/// Thread-safe: the log makes one change at a time.
final class RaftMembers {
  private static final Logger LOG = LoggerFactory.getLogger(RaftMembers.class);

  /// Longer than the log takes by itself to say that a change of its members was not finished.
  private static final int LIMIT_SECONDS = 8;

  private final ReplicatedLog log;

  RaftMembers(ReplicatedLog log) {
    this.log = log;
  }

  /// Adds a node's member. The one that it had before on another disk goes first: it never comes
  /// back, and would count as a manager that is down.
  Messages.MemberReply add(Node node, Member member) throws StatusException {
    Node.Manager before = node.manager();
    if (before != null && !before.raftId().equals(member.id())) {
      LOG.info("node {} comes back as {}, without what {} had", node.id(), member, before.raftId());
      Messages.MemberReply removed = remove(before.raftId());
      if (removed.outcome() != Messages.MemberOutcome.DONE) {
        return removed;
      }
    }
    // The log cannot change a member's address: Whereabouts leads from the old one to the new.
    Optional<Member> known =
        log.members().stream().filter(m -> m.id().equals(member.id())).findFirst();
    return outcome(log.addMember(known.orElse(member)));
  }

  /// Removes one, alive or not.
  Messages.MemberReply remove(String raftId) throws StatusException {
    return log.members().stream().noneMatch(m -> m.id().equals(raftId))
        ? Messages.MemberReply.done()
        : outcome(log.removeMember(raftId));
  }

  /// Hands leadership to one.
  Messages.MemberReply handTo(Member member) throws StatusException {
    return outcome(log.transferLeadership(member.id()));
  }

  static Messages.MemberReply outcome(CompletableFuture<MembershipResult> change)
      throws StatusException {
    try {
      return switch (change.get(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        case MembershipResult.Changed _ -> Messages.MemberReply.done();
        case MembershipResult.NotLeader _ ->
            new Messages.MemberReply(
                Messages.MemberOutcome.NO_LEADER, "the leader has just changed");
        case MembershipResult.Refused refused ->
            new Messages.MemberReply(Messages.MemberOutcome.REFUSED, refused.why());
        case MembershipResult.Unchanged unchanged ->
            new Messages.MemberReply(Messages.MemberOutcome.UNCHANGED, unchanged.why());
        case MembershipResult.Unknown unknown ->
            new Messages.MemberReply(Messages.MemberOutcome.UNKNOWN, unknown.why());
      };
    } catch (ExecutionException | TimeoutException e) {
      return new Messages.MemberReply(
          Messages.MemberOutcome.UNKNOWN,
          "the members may not have changed: "
              + (e.getCause() == null
                  ? "the log did not say so within " + LIMIT_SECONDS + " s"
                  : e.getCause().getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }
}
