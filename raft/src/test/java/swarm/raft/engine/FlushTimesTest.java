package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.log.Start;
import swarm.raft.seal.AesGcmSeal;

class FlushTimesTest {
  @TempDir Path directory;

  /// Also shows that Ratis still has a timer of that name.
  @Test
  void everyFlushOfTheLogIsTold() throws Exception {
    List<Long> told = new CopyOnWriteArrayList<>();
    var wires = new Wires();
    var self = Cluster.member("timed");
    try (RatisLog log =
        RatisLog.open(
            new LogOptions(directory, "test", self, new Start.Bootstrap(), Timing.lan())
                .withOnFlush(told::add),
            new ListMachine(),
            wires.from(self.address()),
            AesGcmSeal.of(new byte[32]),
            _ -> {})) {
      wires.plug(self.address(), log.inbound());
      Await.until("it leads", () -> log.leadership().ready());
      int before = told.size();

      var _ = Await.value(log.propose(new byte[] {1}));

      // Ratis stops its timer after it has told that the entry is flushed
      Await.until("the flush is told", () -> told.size() > before);
      assertThat(told).allMatch(nanos -> nanos >= 0);
    }
  }
}
