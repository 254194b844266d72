package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;

class ConsistencyTest {
  @ParameterizedTest
  @CsvSource({
    "stale, STALE",
    "STALE, STALE",
    "' Stale ', STALE",
    "linearizable, LINEARIZABLE",
    "Linearizable, LINEARIZABLE",
    "'', LINEARIZABLE",
  })
  void theHeaderIsReadWhateverItsCase(String header, Consistency asked) throws Exception {
    assertThat(Consistency.asked(Optional.of(header))).isEqualTo(asked);
  }

  @Test
  void withoutTheHeaderNothingIsStale() throws Exception {
    assertThat(Consistency.asked(Optional.empty())).isEqualTo(Consistency.LINEARIZABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fresh", "stale;", "stale, stale", "0"})
  void whatIsNeitherIsRefused(String header) {
    var refused =
        catchThrowableOfType(ApiException.class, () -> Consistency.asked(Optional.of(header)));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused).hasMessageContaining("must be stale or linearizable, not '" + header + "'");
  }
}
