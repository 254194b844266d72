package swarm.node.control;

import java.util.List;
import java.util.Optional;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// What becomes of the majority when a manager goes. Pure.
public final class Quorum {
  private Quorum() {}

  /// Why a node should not stop being a manager; empty where the others can do without it.
  public static Optional<String> lossBy(ClusterState state, String nodeId) {
    List<Node> managers =
        state.nodes().values().stream()
            .filter(node -> node.manager() != null && node.spec().manager())
            .toList();
    if (managers.stream().noneMatch(node -> node.id().equals(nodeId))) {
      return Optional.empty();
    }
    int left = managers.size() - 1;
    long answering = managers.stream().filter(Quorum::answers).count();
    long leftAnswering =
        managers.stream().filter(node -> !node.id().equals(nodeId) && answers(node)).count();
    int needed = left / 2 + 1;
    return left == 0 || leftAnswering >= needed
        ? Optional.empty() // the last one is refused by the state itself
        : Optional.of(
            "can't remove member from the raft: this would result in a loss of quorum ("
                + answering
                + " of "
                + managers.size()
                + " managers answer; without this one "
                + leftAnswering
                + " of "
                + left
                + " would, and "
                + needed
                + " are needed)");
  }

  private static boolean answers(Node node) {
    return node.status().state() == Node.State.READY;
  }
}
