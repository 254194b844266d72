package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogPaceTest {
  private static final long SECOND = 1_000_000_000L;

  // A second after a look at a file of 1,000 bytes.
  @Test
  void aFileThatIsMissingIsLookedForEverMoreSeldom() {
    LogPace pace = LogPace.NEW.missed();
    assertThat(pace.pause()).isEqualTo(Duration.ofMillis(40));
    for (int i = 0; i < 5; i++) {
      pace = pace.missed();
    }
    assertThat(pace.pause()).isEqualTo(LogPace.LONGEST);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 100000, PT0.2S", // it did not grow
    "1001, 100000, PT0.5S",
    "201000, 100000, PT0.25S",
    "1001000, 100000, PT0.05S",
    "99001000, 100000, PT0.02S",
    "0, 100000, PT0.2S", // it is another file
  })
  void looksBeforeHalfOfTheLimitIsWritten(long size, long limit, Duration pause) {
    var last = new LogPace(1_000, SECOND, Duration.ofMillis(100));

    assertThat(last.seen(size, 2 * SECOND, limit).pause()).isEqualTo(pause);
  }
}
