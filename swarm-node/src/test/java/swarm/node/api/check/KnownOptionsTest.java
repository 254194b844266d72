package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Wire;

final class KnownOptionsTest {
  @Test
  void a_runtime_that_is_not_the_hosts_says_nothing() {
    assertThatCode(
            () -> KnownOptions.check(Wire.JSON.readTree("{\"Image\": \"x\", \"Runtime\": \"y\"}")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> KnownOptions.check(Wire.JSON.readTree("{\"Other\": \"y\"}")))
        .hasMessageContaining("Other");
  }
}
