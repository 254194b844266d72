package swarm.raft.log;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.LogOptions;
import swarm.raft.engine.RatisLog;
import swarm.raft.engine.Timing;
import swarm.raft.engine.Wires;
import swarm.raft.seal.AesGcmSeal;

/// The contract holds for the real one.
class RatisLogTest extends ReplicatedLogContract {
  @TempDir Path directory;

  @Override
  ReplicatedLog open(StateMachine machine, LeadershipListener listener) throws Exception {
    Wires wires = new Wires();
    RatisLog log =
        RatisLog.open(
            new LogOptions(directory, "test", SELF, new Start.Bootstrap(), Timing.lan()),
            machine,
            wires.from(SELF.address()),
            AesGcmSeal.of(new byte[32]),
            listener);
    wires.plug(SELF.address(), log.inbound());
    return log;
  }
}
