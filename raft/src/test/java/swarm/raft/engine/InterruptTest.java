package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.Start;

/// Ratis does not clear up after itself where its start or its end is interrupted.
class InterruptTest {
  private static final String NAME = "interrupted";

  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void begin() {
    cluster = new Cluster(root);
  }

  @AfterEach
  void end() {
    boolean _ = Thread.interrupted(); // JUnit's own
    cluster.close();
  }

  @Test
  void whoeverIsInterruptedWhileOpeningHasAMemberThatWorksAndLeavesNothing() throws Exception {
    Thread.currentThread().interrupt();
    Running one = cluster.open(NAME, new Start.Bootstrap());
    assertThat(Thread.interrupted()).as("the interrupt is kept for the caller").isTrue();
    Await.until("it leads", one::ready);

    Thread.currentThread().interrupt();
    cluster.stop(NAME);
    assertThat(Thread.interrupted()).as("the interrupt is kept for the caller").isTrue();
    // One or the other of Ratis' threads ends a moment after it is closed.
    Await.until(
        "no thread of it is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith(NAME)));
  }
}
