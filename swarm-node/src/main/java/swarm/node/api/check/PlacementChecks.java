package swarm.node.api.check;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Placement;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.place.Scheduler;

/// Checks what tasks ask of the nodes: what they are spread over, and generic resources.
final class PlacementChecks {
  /// Kinds of generic resources of one task: each is counted on every node.
  private static final int MOST_KINDS = 64;

  /// Levels to spread over.
  private static final int MOST_LEVELS = 16;

  private static final int LONGEST = 256;

  private PlacementChecks() {}

  static void preferences(Placement placement) throws ApiException {
    @Nullable List<Placement.Preference> all = placement.preferences();
    if (all == null) {
      return;
    }
    if (all.size() > MOST_LEVELS) {
      throw Refusals.invalid(
          all.size() + " placement preferences are too many: at most " + MOST_LEVELS);
    }
    for (Placement.@Nullable Preference each : all) {
      if (each != null) {
        Refusals.unknown("a placement preference by ", each.other());
      }
      Placement.@Nullable Spread spread = each == null ? null : each.spread();
      @Nullable String descriptor = spread == null ? null : spread.spreadDescriptor();
      if (spread == null || descriptor == null) {
        throw Refusals.invalid("a placement preference must have a Spread.SpreadDescriptor");
      }
      Refusals.unknown("spreading tasks by ", spread.other());
      Optional<String> problem = Scheduler.problemOfSpread(descriptor);
      if (problem.isPresent()) {
        throw Refusals.invalid(problem.get());
      }
    }
  }

  static void generic(ResourceRequirements resources) throws ApiException {
    if (resources.limits() != null
        && resources.limits().genericResources() != null
        && !resources.limits().genericResources().isEmpty()) {
      throw ApiException.unimplemented("limiting a task's GenericResources");
    }
    @Nullable List<GenericResource> all =
        resources.reservations() == null ? null : resources.reservations().genericResources();
    if (all == null) {
      return;
    }
    if (all.size() > MOST_KINDS) {
      throw Refusals.invalid(all.size() + " generic resources are too many: at most " + MOST_KINDS);
    }
    for (@Nullable GenericResource each : all) {
      check(each);
    }
  }

  /// Docker's rule: a task asks for a number, and gets names where its node has them.
  private static void check(@Nullable GenericResource asked) throws ApiException {
    if (asked == null || asked.discrete() == null || asked.named() != null) {
      throw Refusals.invalid(
          "invalid argument for resource " + (asked == null ? "" : asked.kind()));
    }
    Refusals.unknown("reserving a generic resource by ", asked.other());
    Refusals.unknown("reserving a generic resource by ", asked.discrete().other());
    String kind = asked.kind();
    if (kind.isBlank() || kind.length() > LONGEST) {
      throw Refusals.invalid("a generic resource needs a Kind of 1 to " + LONGEST + " characters");
    }
    if (asked.amount() < 0) {
      throw Refusals.invalid("cannot ask for negative resource " + kind);
    }
  }
}
