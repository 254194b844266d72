package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.identity.Role;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.state.Command;

@Timeout(60)
class CurrentHandlerTest {
  /// The port asks what it is given: what this does not pass on, no manager is asked.
  @Test
  void aManagersWordOnWhoIsOneNoMoreIsPassedOn(@TempDir Path temp) throws Exception {
    try (var sole = new SoleManager(temp.resolve("sole"))) {
      String other = sole.join(Role.MANAGER, temp.resolve("other")).self().nodeId();
      var handler = new CurrentHandler();
      handler.become(sole.manager);
      assertThat(handler.demoted(other)).isFalse();

      Node node = sole.state().node(other).orElseThrow();
      sole.apply(
          new Command.UpdateNode(
              other,
              node.version().index(),
              new NodeSpec(null, null, "worker", "active", null),
              Instant.now()));

      assertThat(handler.demoted(other)).isTrue();
      handler.become(null);
      assertThat(handler.demoted(other)).as("a worker is asked nothing").isFalse();
    }
  }
}
