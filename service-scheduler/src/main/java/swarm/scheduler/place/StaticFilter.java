package swarm.scheduler.place;

import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Placement;

/// What a node must be to take a task, whatever runs on it. Immutable.
final class StaticFilter {
  private final List<@Nullable Constraint> constraints;
  private final Demand.Wants wants;

  StaticFilter(Demand.Wants wants) {
    this.wants = wants;
    this.constraints = Constraints.read(wants.constraints());
  }

  boolean passes(Node node) {
    return node.schedulable()
        && unmet(node) < 0
        && platformFits(node)
        && node.description().understands(wants.agentFormat());
  }

  /// Says why a node does not pass.
  ///
  /// @return whether it does not
  boolean explain(Node node, Explanation why) {
    if (!node.schedulable()) {
      why.notReady(node);
      return true;
    }
    int unmet = unmet(node);
    if (unmet >= 0) {
      why.constraint(Constraint.shown(wants.constraints().get(unmet).strip()));
      return true;
    }
    if (!platformFits(node)) {
      why.platform(wants.platforms());
      return true;
    }
    if (!node.description().understands(wants.agentFormat())) {
      why.olderVersion();
      return true;
    }
    return false;
  }

  /// The first constraint that a node does not meet; -1 where it meets all.
  private int unmet(Node node) {
    for (int i = 0; i < constraints.size(); i++) {
      Constraint constraint = constraints.get(i);
      if (constraint == null || !constraint.matches(node)) {
        return i;
      }
    }
    return -1;
  }

  private boolean platformFits(Node node) {
    if (wants.platforms().isEmpty()) {
      return true;
    }
    String os = node.description().os();
    String architecture = Constraint.architecture(node.description().architecture());
    for (Placement.Platform each : wants.platforms()) {
      String asked =
          each.architecture() == null ? "" : Constraint.architecture(each.architecture());
      if (matches(each.os(), os) && matches(asked, architecture)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(@Nullable String wanted, String have) {
    return wanted == null || wanted.isEmpty() || wanted.equals(have);
  }
}
