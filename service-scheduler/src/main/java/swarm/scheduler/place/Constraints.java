package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;

/// Placement constraints, in Docker's language: `node.role == manager`, `node.labels.zone != a`.
public final class Constraints {
  private Constraints() {}

  /// Why a constraint cannot be used; empty where it can.
  public static Optional<String> problem(String constraint) {
    return Constraint.problem(constraint);
  }

  /// Whether a node meets every constraint; one that cannot be read is met by none.
  public static boolean allMatch(List<String> constraints, Node node) {
    for (String text : constraints) {
      Constraint constraint = Constraint.parse(text);
      if (constraint == null || !constraint.matches(node)) {
        return false;
      }
    }
    return true;
  }

  /// Reads constraints once, to be compared with many nodes; null stands for one that cannot be
  /// read.
  static List<@Nullable Constraint> read(List<String> constraints) {
    var all = new ArrayList<@Nullable Constraint>();
    for (String text : constraints) {
      all.add(Constraint.parse(text));
    }
    return all;
  }
}
