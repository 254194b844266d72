package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryTest {
  private final Registry registry = new Registry();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x   | 2   |
          x   | 255 |
          x   | 256 | (xxxxxxxxxxxxxxxxxxxx...): it has 256 characters, the limit is 255
          x   | 1   | (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed
          -a  | 1   | (-a), only
          a/b | 1   | (a/b), only
          """)
  void names(String name, int times, @Nullable String why) throws EngineException {
    String full = name.repeat(times);
    if (why == null) {
      registry.reserve(full, "1");
    } else {
      assertThatThrownBy(() -> registry.reserve(full, "1"))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.INVALID))
          .hasMessageStartingWith("Invalid container name ")
          .hasMessageContaining(why);
    }
    assertThat(registry.hasName(full)).isEqualTo(why == null);
  }

  @Test
  void oneFoundOnTheDiskKeepsItsName() throws EngineException {
    String name = "x".repeat(300);

    registry.reserveKnown(name, "1");

    assertThat(registry.hasName(name)).isTrue();
  }
}
