package swarm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void theUsersLocaleIsTheUsers() {
    assertThat(Terminal.environment(Map.of("A", "b", "LC_ALL", "C.UTF-8")))
        .containsExactly(Map.entry("A", "b"));
    assertThat(Terminal.environment(Map.of("LC_ALL", "C.UTF-8", "SWARM_LC_ALL", "de_DE")))
        .containsExactly(Map.entry("LC_ALL", "de_DE"));
  }
}
