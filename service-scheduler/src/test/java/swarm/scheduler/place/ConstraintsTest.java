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
    "node.ip!=192.0.2.7, false",
    "node.ip==192.0.2.8, false",
    "node.ip!=192.0.2.8, true",
    "node.ip==192.0.2.0/24, true",
    "node.ip==192.0.2.4/30, true",
    "node.ip==192.0.2.8/30, false",
    "node.ip!=192.0.2.0/24, false",
    "node.ip!=198.51.100.0/24, true",
    "node.ip==0.0.0.0/0, true",
    "node.ip==::ffff:192.0.2.7, true",
    "node.ip==2001:db8::/32, false",
    "node.ip!=2001:db8::/32, true",
    "node.ip==192.0.2, false",
    "node.ip!=192.0.2, false",
    "node.ip==192.0.2.0/33, false",
    "node.platform.os==linux, true",
    "node.platform.arch==x86_64, true",
    "node.platform.arch==amd64, true",
    "node.platform.arch!=AMD64, false",
    "node.platform.arch==aarch64, false",
    "node.hostname==HOST, true",
    "node.hostname==h*, false",
    "node.id==ID1, true",
    "Node.Labels.zone==a, true",
    "node.labels.Zone==a, false",
    "node.labels.disk.type==ssd, false",
    "ENGINE.LABELS.storage==OVERLAY2, true",
    "engine.labels.none!=x, true",
    "node.id==a!=b, false",
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
        "node.labels.x==",
        "node.labels.x==a,b",
        "node.labels.x==a&b",
        "node.labels.==x",
        "node.id!=a==b",
        "1node==x",
        "n==x",
        "node.ip==example.com",
        "node.ip==192.0.2.300",
        "node.ip==192.0.2.0/33",
        "node.ip==1:2",
        "node.ip==::1::2",
        "node.ip==fe80::/129",
        "node.unknown==x"
      })
  void whatCannotBeUsedIsExplained(String constraint) {
    assertThat(Constraints.problem(constraint)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node.ip==192.0.2.7",
        "node.ip != 192.0.2.0/24",
        "node.ip==2001:db8::/32",
        "node.ip==::ffff:192.0.2.7",
        "node.labels.a==*.b (c)?",
        "node.role==worker",
        " node.id != x ",
        "node.labels.a.b==c",
        "engine.labels.x==y"
      })
  void whatCanBeUsedHasNoProblem(String constraint) {
    assertThat(Constraints.problem(constraint)).isEmpty();
  }
}
