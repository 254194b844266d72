package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemStateTest {
  /// All states of systemd(1), and no answer.
  @ParameterizedTest
  @CsvSource(
      value = {
        "stopping, true",
        "'stopping\n', true",
        "initializing, false",
        "starting, false",
        "running, false",
        "degraded, false",
        "maintenance, false", // rescue mode: services stop, the machine does not
        "offline, false",
        "unknown, false",
        "'', false",
      })
  void containersEndOnlyWhereTheMachineDoes(String answer, boolean goesDown) {
    assertThat(SystemState.goesDown(answer)).isEqualTo(goesDown);
  }
}
