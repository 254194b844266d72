package swarm.chaos.membership;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Steps by chance: first the kind, then one of that kind. The same seed makes the same steps. Not
/// thread-safe.
public final class Steps {
  private final SplittableRandom random;

  public Steps(long seed) {
    random = new SplittableRandom(seed);
  }

  /// A step that this cluster allows.
  public Step next(Membership now) {
    Map<Possible, List<Step>> all = new LinkedHashMap<>();
    int weights = 0;
    for (Possible kind : Possible.values()) {
      List<Step> steps = kind.steps(now);
      if (!steps.isEmpty()) {
        all.put(kind, steps);
        weights += kind.weight;
      }
    }
    int dice = random.nextInt(weights);
    for (var kind : all.entrySet()) {
      dice -= kind.getKey().weight;
      if (dice < 0) {
        return kind.getValue().get(random.nextInt(kind.getValue().size()));
      }
    }
    throw new AssertionError("a cluster with a manager allows something");
  }
}
