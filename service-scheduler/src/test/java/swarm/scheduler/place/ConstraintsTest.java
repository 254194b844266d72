package swarm.scheduler.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;

class ConstraintsTest {
  private static final Node NODE =
      new Node(
          "id1",
          new Version(1, Instant.EPOCH, Instant.EPOCH),
          new NodeSpec("n", Map.of("zone", "A", "Disk.Type", "ssd"), "manager", "active"),
          new Node.Description("Host", "linux", "x86_64", 1, 1, "1", Map.of("storage", "overlay2")),
          new Node.Status(Node.State.READY, "", "192.0.2.7", Instant.EPOCH),
          null,
          0);

  @ParameterizedTest
  @CsvSource({
    "node.id==id1, true",
    "node.id == id1, true",
    "node.id!=id1, false",
    "node.hostname==host, true",
    "node.hostname!=other, true",
    "node.role==manager, true",
    "node.role==worker, false",
    "node.role!=worker, true",
    "NODE.ROLE==manager, true",
    "node.ip==192.0.2.7, true",
    "node.platform.os==linux, true",
    "node.platform.arch==x86_64, true",
    "node.labels.zone==a, true",
    "node.labels.zone!=a, false",
    "node.labels.Disk.Type==ssd, true",
    "node.labels.none==, true",
    "node.labels.none!=x, true",
    "node.labels.none==x, false",
    "engine.labels.storage==overlay2, true",
    "engine.labels.storage!=overlay2, false",
    "nonsense, false",
    "node.role=manager, false",
    "node.unknown==x, false"
  })
  void table(String constraint, boolean matches) {
    assertThat(Constraints.allMatch(List.of(constraint), NODE)).isEqualTo(matches);
  }

  @Test
  void allMustMatch() {
    assertThat(Constraints.allMatch(List.of(), NODE)).isTrue();
    assertThat(Constraints.allMatch(List.of("node.id==id1", "node.role==worker"), NODE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "",
        "node.role",
        "node.role=worker",
        "node.rôle==x",
        "node.unknown==x"
      })
  void whatCannotBeUsedIsExplained(String constraint) {
    assertThat(Constraints.problem(constraint)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"node.role==worker", " node.id != x ", "node.labels.a.b==c", "engine.labels.x==y"})
  void whatCanBeUsedHasNoProblem(String constraint) {
    assertThat(Constraints.problem(constraint)).isEmpty();
  }
}
