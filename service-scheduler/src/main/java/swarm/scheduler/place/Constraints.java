package swarm.scheduler.place;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;

/// Placement constraints, in Docker's language: `node.role == manager`, `node.labels.zone != a`.
/// Pure.
public final class Constraints {
  /// Some constraints, and what they say.
  private record Read(List<String> texts, List<@Nullable Constraint> constraints) {}

  /// What was read last: the tasks of a service share one list, and are asked about one after the
  /// other.
  private static volatile Read last = new Read(List.of(), List.of());

  private Constraints() {}

  /// Why a constraint cannot be used; empty where it can.
  public static Optional<String> problem(String constraint) {
    return Constraint.problem(constraint);
  }

  /// Whether a node meets every constraint; one that cannot be read is met by none.
  public static boolean allMatch(List<String> constraints, Node node) {
    for (Constraint constraint : read(constraints)) {
      if (constraint == null || !constraint.matches(node)) {
        return false;
      }
    }
    return true;
  }

  /// Reads constraints, to be compared with many nodes; null stands for one that cannot be read.
  @SuppressWarnings("ReferenceEquality") // whether it is the very list: comparing would take longer
  static List<@Nullable Constraint> read(List<String> constraints) {
    if (constraints.isEmpty()) {
      return List.of();
    }
    Read known = last;
    if (known.texts == constraints) {
      return known.constraints;
    }
    var all = new ArrayList<@Nullable Constraint>(constraints.size());
    for (String text : constraints) {
      all.add(Constraint.parse(text));
    }
    last = new Read(constraints, all);
    return all;
  }
}
