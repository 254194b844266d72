package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogChunkTest {
  private static SessionMessages.LogChunk chunk(int stream, String timestamp) {
    return new SessionMessages.LogChunk("s", "t", stream, timestamp, new byte[] {1}, false, "");
  }

  @Test
  void aLineHasItsTime() {
    assertThat(chunk(2, "2026-01-02T03:04:05.6Z").written())
        .contains(Instant.parse("2026-01-02T03:04:05.6Z"));
  }

  @ParameterizedTest
  @CsvSource({"1,''", "1,soon", "0,2026-01-02T03:04:05Z", "3,2026-01-02T03:04:05Z", "-1,''"})
  void whatAWorkerMakesUpIsNoLine(int stream, String timestamp) {
    assertThat(chunk(stream, timestamp).written()).isEmpty();
  }
}
