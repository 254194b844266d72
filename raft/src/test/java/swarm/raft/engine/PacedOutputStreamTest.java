package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacedOutputStreamTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 0",
    "0, 0",
    "1, 1",
    "1600000, 1600000",
    "20000000, 20000000",
    "20000001, 20000000",
    "9223372036854775807, 20000000",
  })
  void restsAsLongAsWasWorked(long worked, long rest) {
    assertThat(PacedOutputStream.restAfter(worked)).isEqualTo(rest);
  }

  @Test
  void passesOnWhatIsWritten() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var paced = new PacedOutputStream(bytes)) {
      paced.write("xstatex".getBytes(StandardCharsets.UTF_8), 1, 5);
      paced.write('!');
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("state!");
  }
}
