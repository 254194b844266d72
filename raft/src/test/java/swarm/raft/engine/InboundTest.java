package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.log.ProposeResult;
import swarm.raft.transport.RaftInbound;

/// Whatever arrives, it harms nobody.
class InboundTest {
  @TempDir Path root;

  @Test
  void bytesThatAreNoMessageAreRefused() throws Exception {
    try (Cluster cluster = new Cluster(root).start("a")) {
      RaftInbound inbound = cluster.get("a").log().inbound();
      Random random = new Random(1);
      for (Kind kind : Kind.values()) {
        for (int length = 0; length < 200; length++) {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          assertThatThrownBy(() -> Await.value(inbound.handle(kind.wireName(), bytes)))
              .as("%s of %d bytes", kind, length)
              .hasCauseInstanceOf(IOException.class);
        }
      }
      assertThatThrownBy(() -> Await.value(inbound.handle("unheard-of", new byte[0])))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("unheard-of");
      assertThat(cluster.get("a").propose("x")).isInstanceOf(ProposeResult.Committed.class);
    }
  }
}
