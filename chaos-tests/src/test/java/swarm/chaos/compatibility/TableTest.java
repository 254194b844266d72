package swarm.chaos.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
  private static final List<String> TEXT =
      List.of(
          "# about this file",
          "== one",
          "$ docker run web:1 sh -c '",
          "> exit 3'",
          "  out",
          "  2> err",
          "  [3]",
          "$ docker info",
          "  theirs",
          "~ version",
          "  ours",
          "",
          "# about the second",
          "== two",
          "$ true",
          "");

  @Test
  void reads_scenarios_steps_and_differences() {
    Table table = Table.parse("x.txt", TEXT);
    assertThat(table.head()).containsExactly("# about this file");
    Scenario one = table.scenarios().getFirst().scenario();
    assertThat(one.title()).isEqualTo("one");
    Scenario.Step run = one.steps().getFirst();
    assertThat(run.line()).isEqualTo(3);
    assertThat(run.script()).isEqualTo("docker run web:1 sh -c '\nexit 3'");
    assertThat(run.ours()).containsExactly("out", "2> err", "[3]");
    Scenario.Step info = one.steps().getLast();
    assertThat(info.docker()).containsExactly("theirs");
    assertThat(info.ours()).containsExactly("ours");
    assertThat(table.scenarios().getLast().comments()).containsExactly("# about the second");
    assertThat(table.scenarios().getLast().scenario().steps().getFirst().ours()).isEmpty();
  }

  @Test
  void what_is_read_is_written_again() {
    assertThat(Table.parse("x.txt", TEXT).text()).isEqualTo(TEXT);
  }

  @Test
  void what_has_another_form_is_named_with_its_line() {
    assertThatThrownBy(() -> Table.parse("x.txt", List.of("== one", "$ true", "oops")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x.txt:3: oops");
    assertThatThrownBy(() -> Table.parse("x.txt", List.of("== one", "", "== two")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'one' has no command");
  }
}
