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
    return leftAnswering >= needed || isLast(state)
        ? Optional.empty()
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

  /// The state itself refuses to lose the last manager. One that was promoted and is not in the log
  /// yet counts for it, and is of no help.
  private static boolean isLast(ClusterState state) {
    return state.nodes().values().stream().filter(node -> node.spec().manager()).count() == 1;
  }

  private static boolean answers(Node node) {
    return node.status().state() == Node.State.READY;
  }
}
