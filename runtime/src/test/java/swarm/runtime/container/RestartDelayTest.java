package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartDelayTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, PT1S, PT0.1S",
    "PT0.1S, PT1S, PT0.2S",
    "PT0.2S, PT9.9S, PT0.4S",
    "PT51.2S, PT0S, PT1M",
    "PT1M, PT0S, PT1M",
    "PT1M, PT10S, PT0.1S",
  })
  void doublesUntilARunWasGood(Duration last, Duration run, Duration expected) {
    assertThat(RestartDelay.after(last, run)).isEqualTo(expected);
  }
}
