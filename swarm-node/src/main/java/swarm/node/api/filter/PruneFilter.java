package swarm.node.api.filter;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import swarm.node.api.error.ApiException;

/// What is thrown away: Docker's `prune --filter`. Immutable.
public final class PruneFilter {
  private static final Set<String> KEYS = Set.of("until", "label", "label!");

  private final Filters filters;
  private final Instant until;

  private PruneFilter(Filters filters, Instant until) {
    this.filters = filters;
    this.until = until;
  }

  /// @throws ApiException where a filter cannot be read
  public static PruneFilter of(Map<String, Set<String>> given, Instant now, ZoneId zone)
      throws ApiException {
    Filters filters = Filters.of(given, KEYS);
    Set<String> until = filters.get("until");
    if (until.size() > 1) {
      throw ApiException.bad("more than one until filter specified");
    }
    return new PruneFilter(
        filters,
        until.isEmpty() ? Instant.MAX : Timestamps.parse(until.iterator().next(), now, zone));
  }

  /// Whether a thing goes.
  public boolean passes(Instant created, Map<String, String> labels) {
    return !created.isAfter(until)
        && filters.labels("label", labels)
        && (!filters.has("label!") || !filters.labels("label!", labels));
  }
}
