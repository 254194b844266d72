package swarm.node.control;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;

/// What others are to see of a manager that runs and takes no writes, or no part in the log. Pure.
final class Trouble {
  private Trouble() {}

  /// The status that the node should have; empty where it should keep its own. What keeps a manager
  /// from writing counts bytes, and is told again only once it has gone.
  ///
  /// @param told what its manager said last, empty where nothing is wrong; null before it has said
  ///   anything
  static Optional<Liveness.Verdict> judge(Node node, @Nullable String told) {
    String message = node.manager() == null ? "" : told;
    if (message == null
        || node.status().state() != Node.State.READY // the message says why it is not
        || sameKind(message, node.status().message())) {
      return Optional.empty();
    }
    return Optional.of(new Liveness.Verdict(Node.State.READY, message));
  }

  private static boolean sameKind(String one, String other) {
    return one.isEmpty() == other.isEmpty()
        && one.equals(Node.Status.OUT_OF_TOUCH) == other.equals(Node.Status.OUT_OF_TOUCH);
  }
}
