package swarm.raft.log;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A log of one member that forgets.
class MemoryLog implements ReplicatedLog {
  private static final long TERM = 1;

  private final Member self;
  private final StateMachine machine;
  private long index;
  private boolean closed;

  MemoryLog(Member self, StateMachine machine, LeadershipListener listener) {
    this.self = self;
    this.machine = machine;
    listener.changed(new Leadership(TERM, Optional.of(self), true));
  }

  @Override
  public int maxCommandBytes() {
    return 2 * 1024 * 1024;
  }

  @Override
  public synchronized CompletableFuture<ProposeResult> propose(byte[] command) {
    return proposeInTerm(command, TERM);
  }

  @Override
  public synchronized CompletableFuture<ProposeResult> proposeInTerm(byte[] command, long term) {
    if (command.length > maxCommandBytes()) {
      throw new IllegalArgumentException(command.length + " bytes");
    }
    if (closed || term != TERM) {
      return CompletableFuture.completedFuture(new ProposeResult.NotLeader(leadership().leader()));
    }
    index++;
    return CompletableFuture.completedFuture(
        new ProposeResult.Committed(index, machine.apply(index, TERM, command.clone())));
  }

  @Override
  public synchronized CompletableFuture<BarrierResult> readBarrier() {
    return CompletableFuture.completedFuture(
        closed ? new BarrierResult.NoQuorum("closed") : new BarrierResult.Fresh(index));
  }

  @Override
  public synchronized Leadership leadership() {
    return closed
        ? new Leadership(TERM, Optional.empty(), false)
        : new Leadership(TERM, Optional.of(self), true);
  }

  @Override
  public List<Member> members() {
    return List.of(self);
  }

  @Override
  public CompletableFuture<MembershipResult> addMember(Member member) {
    return CompletableFuture.completedFuture(
        member.equals(self)
            ? new MembershipResult.Changed(members())
            : new MembershipResult.Unchanged("This log has one member only."));
  }

  @Override
  public CompletableFuture<MembershipResult> removeMember(String memberId) {
    return CompletableFuture.completedFuture(
        memberId.equals(self.id())
            ? new MembershipResult.Refused("The last member cannot be removed.")
            : new MembershipResult.Changed(members()));
  }

  @Override
  public CompletableFuture<MembershipResult> transferLeadership(String memberId) {
    return CompletableFuture.completedFuture(
        memberId.equals(self.id())
            ? new MembershipResult.Changed(members())
            : new MembershipResult.Refused("There is no member " + memberId + "."));
  }

  @Override
  public synchronized long appliedIndex() {
    return index;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
