package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.rpc.Messages;
import swarm.node.testing.Await;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Command;

/// A leader that hears from another manager that it cannot write.
@Timeout(60)
class ImpairedManagerTest {
  private final SoleManager sole;
  private final Peer other;

  ImpairedManagerTest(@TempDir Path temp) throws Exception {
    sole = new SoleManager(temp.resolve("manager"));
    other = sole.join(Role.MANAGER, temp.resolve("other")).self();
    Instant now = Instant.now();
    sole.apply(
        new Command.DescribeNode(
            other.nodeId(),
            new Node.Description("h2", "linux", "amd64", 1, 1, "1", Map.of()),
            "127.0.0.1",
            now));
    sole.apply(
        new Command.SetNodeManager(other.nodeId(), new Node.Manager("r2", "127.0.0.1:1"), now));
  }

  @AfterEach
  void end() {
    sole.close();
  }

  /// It goes on to be heard.
  private void says(String impaired, String shown) {
    Await.until(
        "its status says '" + shown + "'",
        () -> {
          sole.manager
              .calls()
              .heard(other, new Messages.Heard(Map.of(other.nodeId(), 0L), impaired, 1, null));
          return status().message().equals(shown);
        });
    assertThat(status().state()).isEqualTo(Node.State.READY);
  }

  private Node.Status status() {
    return java.util.Objects.requireNonNull(sole.state().nodes().get(other.nodeId())).status();
  }

  @Test
  void itsStatusSaysSoAsLongAsItLasts() {
    says("the disk is full: 4 bytes are free", "the disk is full: 4 bytes are free");
    says("", "");
    assertThat(
            java.util.Objects.requireNonNull(sole.state().nodes().get(sole.self.nodeId()))
                .status()
                .message())
        .isEmpty();
  }
}
