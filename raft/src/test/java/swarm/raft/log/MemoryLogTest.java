package swarm.raft.log;

/// The contract holds for the simplest log there is, so it asks for nothing that is Ratis' alone.
class MemoryLogTest extends ReplicatedLogContract {
  @Override
  ReplicatedLog open(StateMachine machine, LeadershipListener listener) {
    return new MemoryLog(SELF, machine, listener);
  }
}
