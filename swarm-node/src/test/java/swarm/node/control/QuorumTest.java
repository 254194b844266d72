package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.state.ClusterState;

class QuorumTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  /// One letter for each manager, the first of which is to go: `R` answers, `d` does not, `p` was
  /// promoted and is not in the log yet.
  @ParameterizedTest
  @CsvSource({
    "R,     ''", // the state refuses the last one
    "RR,    ''",
    "Rd,    (1 of 2 managers answer; without this one 0 of 1 would, and 1 are needed)",
    "dR,    ''",
    "RRR,   ''",
    "RRd,   (2 of 3 managers answer; without this one 1 of 2 would, and 2 are needed)",
    "dRR,   ''",
    "dRd,   (1 of 3 managers answer; without this one 1 of 2 would, and 2 are needed)",
    "RRRRR, ''",
    "RRRdd, (3 of 5 managers answer; without this one 2 of 4 would, and 3 are needed)",
    "RRRRd, ''",
    "Rp,    (1 of 1 managers answer; without this one 0 of 0 would, and 1 are needed)",
    "RRp,   ''",
    "pR,    ''",
  })
  void aManagerMayGoWhereTheOthersAreAMajority(String managers, String words) {
    var refusal = Quorum.lossBy(state(managers), "n0");
    if (words.isEmpty()) {
      assertThat(refusal).isEmpty();
    } else {
      assertThat(refusal).hasValueSatisfying(why -> assertThat(why).contains(words));
    }
  }

  @Test
  void aWorkerMayAlwaysGo() {
    assertThat(Quorum.lossBy(state("Rd"), "somebody")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "RRR, '',    ''",
    "RRR, n2,    n2",
    "RRR, n0 n2, n2",
    "RRR, n0,    n0", // the leader itself, once nobody else is left to go
    "RRd, n1 n2, n2 n1", // who does not answer first: the others may have to wait for that
    "Rp,  n1,    ''", // not in the log
  })
  void whoIsToGoGoesInThisOrder(String managers, String demoted, String order) {
    var all = state(managers).nodes();
    for (String id : demoted.isEmpty() ? new String[0] : demoted.split(" ")) {
      Node node = java.util.Objects.requireNonNull(all.get(id));
      all = all.plus(id, node.with(node.version(), node.spec().withRole("worker")));
    }
    assertThat(
            RoleKeeper.demoted(with(all), "n0").stream()
                .map(Node::id)
                .collect(Collectors.joining(" ")))
        .isEqualTo(order);
  }

  private static ClusterState state(String managers) {
    TreePMap<String, Node> nodes = TreePMap.empty();
    for (int i = 0; i < managers.length(); i++) {
      String id = "n" + i;
      nodes =
          nodes.plus(
              id,
              new Node(
                  id,
                  new Version(1, T0, T0),
                  new NodeSpec(null, null, "manager", null),
                  new Node.Description("", "", "", 0, 0, "", Map.of()),
                  new Node.Status(
                      managers.charAt(i) == 'R' ? Node.State.READY : Node.State.DOWN, "", "", T0),
                  managers.charAt(i) == 'p'
                      ? null
                      : new Node.Manager("r" + i, "10.0.0." + i + ":2377"),
                  0));
    }
    return with(nodes);
  }

  private static ClusterState with(TreePMap<String, Node> nodes) {
    ClusterState none = ClusterState.EMPTY;
    return new ClusterState(
        1,
        null,
        nodes,
        none.services(),
        none.serviceNames(),
        none.tasks(),
        none.tasksByService(),
        none.tasksByNode(),
        none.globalServices(),
        none.publishers(),
        none.priorities(),
        none.loads(),
        none.ingressAddresses(),
        0,
        none.revoked(),
        none.secrets(),
        none.configs(),
        none.networks());
  }
}
