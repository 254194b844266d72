package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineIdentityTest {
  @TempDir Path root;

  @Test
  void an_engine_keeps_its_id() throws Exception {
    EngineIdentity first = EngineIdentity.of(root);
    assertThat(EngineIdentity.of(root)).isEqualTo(first);
    assertThat(first.id()).hasSize(36);
  }

  @Test
  void a_damaged_one_is_replaced() throws Exception {
    Files.writeString(root.resolve("engine-id"), "");
    EngineIdentity fresh = EngineIdentity.of(root);
    assertThat(EngineIdentity.of(root)).isEqualTo(fresh);
  }
}
