package swarm.raft.log;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A log of opaque commands, agreed upon by a majority of its members and applied in the same order
/// on each of them.
///
/// Thread-safe. Futures complete on the log's own threads: continuations must not block.
public interface ReplicatedLog extends AutoCloseable {

  /// The largest command that is taken, in bytes.
  int maxCommandBytes();

  /// Proposes one command, of at most [#maxCommandBytes]. Completes once the command is on the
  /// disks of a majority **and** applied here. Works on the leader only; elsewhere it completes
  /// with [ProposeResult.NotLeader].
  CompletableFuture<ProposeResult> propose(byte[] command);

  /// As [#propose], but refused with [ProposeResult.NotLeader] unless this member leads in exactly
  /// `term`: the fence that keeps what a deposed leader decided from taking effect.
  CompletableFuture<ProposeResult> proposeInTerm(byte[] command, long term);

  /// Completes once everything that was acknowledged anywhere before this call is applied here (a
  /// linearizable read through the leader's read index, Raft dissertation section 6.4). Works on
  /// leader and followers.
  CompletableFuture<BarrierResult> readBarrier();

  /// Who leads, as far as this member knows.
  Leadership leadership();

  /// The voting members of the newest configuration known here.
  List<Member> members();

  /// Adds a member that is already started with [Start.Join]. It catches up before it votes. Leader
  /// only.
  CompletableFuture<MembershipResult> addMember(Member member);

  /// Removes a member, which may be dead. Removing the leader itself makes it step down first.
  /// Leader only.
  CompletableFuture<MembershipResult> removeMember(String memberId);

  /// Hands leadership to another member; the way to stop or demote a leader without an election
  /// timeout.
  CompletableFuture<MembershipResult> transferLeadership(String memberId);

  /// Why this member takes no commands although it runs (its disk is full), as a sentence; empty
  /// while it takes them. It recovers by itself.
  default Optional<String> impaired() {
    return Optional.empty();
  }

  /// Index of the last command applied here.
  long appliedIndex();

  /// Stops this member. What is committed stays on its disk. Waits for the end of all threads.
  @Override
  void close();
}
