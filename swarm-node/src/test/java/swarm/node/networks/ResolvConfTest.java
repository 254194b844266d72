package swarm.node.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ResolvConfTest {
  private static String text(String... search) {
    return ResolvConf.text(List.of(search), List.of("ndots:2"), "search host\n");
  }

  @Test
  void a_dot_is_no_domain() {
    String rest = "options ndots:2\n";
    assertThat(text(".")).isEqualTo("nameserver 127.0.0.11\n" + rest);
    assertThat(text("a", ".")).isEqualTo("nameserver 127.0.0.11\nsearch a\n" + rest);
    assertThat(text()).isEqualTo("nameserver 127.0.0.11\nsearch host\n" + rest);
  }
}
