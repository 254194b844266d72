package swarm.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// What a service depends on is posted before it.
class StackOrderTest {
  private static final String ON = "depends_on: {%s: {condition: service_healthy}}";

  private static String service(String name, String more) {
    return "  " + name + ":\n    image: a\n" + (more.isEmpty() ? "" : "    " + more + "\n");
  }

  @Test
  void dependenciesComeFirst() throws Exception {
    Stack stack =
        Files.stack(
            "services:\n"
                + service("api", ON.formatted("db"))
                + service("cache", "")
                + service("db", "deploy: {labels: {swarm.depends-on: 'x_zoo , elsewhere'}}")
                + service("zoo", ""));
    assertThat(stack.order()).containsExactly("x_zoo", "x_db", "x_api", "x_cache");
  }

  @Test
  void circlesAreRefusedByName() {
    String services =
        "services:\n"
            + service("a", ON.formatted("b"))
            + service("b", ON.formatted("c"))
            + service("c", ON.formatted("b"));
    assertThatThrownBy(() -> Files.stack(services))
        .isInstanceOf(ComposeException.class)
        .hasMessageContaining("x_b -> x_c -> x_b; take one of these out of depends_on");
  }
}
