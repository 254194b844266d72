package swarm.node.api.filter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import swarm.node.api.error.ApiException;
import swarm.runtime.volume.Volume;

/// Which volumes a list shows and which pruning takes: Docker's `volume ls --filter` and `volume
/// prune --filter`. Pure.
public final class VolumeFilter {
  private static final Set<String> LISTED = Set.of("dangling", "driver", "label", "name");
  private static final Set<String> PRUNED = Set.of("all", "label", "label!");

  private VolumeFilter() {}

  /// @param unused whether nobody uses a volume
  public static List<Volume> apply(
      List<Volume> all, Map<String, Set<String>> given, Predicate<Volume> unused)
      throws ApiException {
    Filters filters = Filters.of(given, LISTED);
    Optional<Boolean> dangling = filters.flag("dangling");
    return all.stream()
        .filter(
            v ->
                filters.any("name", wanted -> Filters.matchesName(v.name(), wanted))
                    && filters.any("driver", v.driver()::equals)
                    && filters.labels("label", v.labels())
                    && dangling.map(wanted -> wanted == unused.test(v)).orElse(true))
        .toList();
  }

  /// What pruning takes of the volumes that nobody uses.
  ///
  /// @param always whether named ones go, too, as before API 1.42
  public static Predicate<Volume> pruned(Map<String, Set<String>> given, boolean always)
      throws ApiException {
    Filters filters = Filters.of(given, PRUNED);
    boolean all = always || filters.flag("all").orElse(false);
    return v ->
        (all || v.isAnonymous())
            && filters.labels("label", v.labels())
            && filters.get("label!").stream()
                .noneMatch(
                    unwanted ->
                        new Filters(Map.of("label", Set.of(unwanted))).labels("label", v.labels()));
  }
}
