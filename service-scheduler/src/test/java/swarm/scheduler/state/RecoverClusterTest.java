package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;

/// What a cluster is once one node goes on without the others.
class RecoverClusterTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(1000);

  private ClusterState state = ClusterState.EMPTY;

  private CommandResult run(Command command) {
    var applied = CommandApplier.apply(state, state.index() + 1, command);
    state = applied.state();
    Invariants.check(state);
    return applied.result();
  }

  private static Node node(String id, String role, Node.Manager manager) {
    return new Node(
        id,
        new Version(1, NOW, NOW),
        new NodeSpec(null, Map.of("disk", "fast"), role, "active"),
        new Node.Description(id, "linux", "amd64", 1, 1, "1", Map.of()),
        new Node.Status(Node.State.READY, "", "192.0.2.1", NOW),
        manager,
        0);
  }

  private static Node.Manager raft(String id) {
    return new Node.Manager(id, "192.0.2.1:2377");
  }

  private void form() {
    var cluster =
        new Cluster(
            "c",
            new Version(0, NOW, NOW),
            Wire.JSON.createObjectNode(),
            "root",
            "key",
            new Cluster.Tokens("worker-secret", "manager-secret"),
            new Ingress("ingress", 10 << 24, 20, 4096, 4789, NOW),
            30);
    run(new Command.FormCluster(cluster, node("m1", "manager", raft("r1"))));
    for (String id : new String[] {"m2", "w1"}) {
      run(new Command.AdmitNode(id, id.startsWith("m") ? "manager" : "worker", "192.0.2.2", NOW));
      run(
          new Command.DescribeNode(
              id, new Node.Description(id, "", "", 1, 1, "", Map.of()), "192.0.2.2", NOW));
    }
    run(new Command.SetNodeManager("m2", raft("r2"), NOW));
  }

  @Test
  void otherManagersAreGoneAndWorkersStay() {
    form();
    Cluster before = state.cluster();
    CommandResult result =
        run(new Command.RecoverCluster(node("m1", "manager", raft("r9")), LATER, NOW));
    assertThat(result).isInstanceOf(CommandResult.Done.class);
    Node self = state.node("m1").orElseThrow();
    assertThat(self.manager()).isEqualTo(raft("r9"));
    assertThat(self.spec().labelsOrEmpty()).containsEntry("disk", "fast");
    Node gone = state.node("m2").orElseThrow();
    assertThat(gone.manager()).isNull();
    assertThat(gone.spec().manager()).isFalse();
    assertThat(gone.status().state()).isEqualTo(Node.State.DOWN);
    assertThat(gone.status().message()).contains("swarm leave --force");
    assertThat(state.revoked()).containsOnlyKeys("m2");
    assertThat(state.node("w1").orElseThrow().status().state()).isEqualTo(Node.State.READY);
    assertThat(state.cluster()).isEqualTo(before);
  }

  @Test
  void aNodeThatTheStateDoesNotKnowMayGoOn() {
    form();
    run(new Command.RecoverCluster(node("new", "manager", raft("r9")), LATER, NOW));
    assertThat(state.node("new").orElseThrow().manager()).isEqualTo(raft("r9"));
    assertThat(state.node("m1").orElseThrow().manager()).isNull();
    assertThat(state.revoked()).containsOnlyKeys("m1", "m2");
  }

  @Test
  void whoLeftAndWhatWasNeverFormedAreRefused() {
    assertThat(run(new Command.RecoverCluster(node("m1", "manager", raft("r9")), LATER, NOW)))
        .isInstanceOf(CommandResult.NotFound.class);
    form();
    run(new Command.LeaveNode("m2", LATER, NOW));
    assertThat(run(new Command.RecoverCluster(node("m2", "manager", raft("r9")), LATER, NOW)))
        .isInstanceOf(CommandResult.Refused.class);
  }
}
