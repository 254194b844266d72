package swarm.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
  @ParameterizedTest
  @CsvSource({
    "9, 9",
    "TERM, 15",
    "SIGTERM, 15",
    "sigkill, 9",
    "hup, 1",
    "SIGSYS, 31",
    "64, 64",
    "RTMIN, 34",
    "SIGRTMIN+3, 37",
    "RTMAX, 64",
    "RTMAX-14, 50",
  })
  void signals(String text, int number) {
    assertThat(Signals.number(text)).hasValue(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "FOO", "SIG", "SIGFOO", "0", "65", "-1", "1.5", "RTMIN+31", "RTMAX-99", " 9"})
  void noSignals(String text) {
    assertThat(Signals.number(text)).isEmpty();
  }
}
