package swarm.node.api.filter;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import swarm.node.api.error.ApiException;

/// What a prune takes: Docker's `prune --filter`. Pure.
public final class PruneFilter {
  private final Filters filters;
  private final Instant until;
  private final boolean dangling;

  private PruneFilter(Filters filters, Instant until, boolean dangling) {
    this.filters = filters;
    this.until = until;
    this.dangling = dangling;
  }

  /// For images, where `dangling` says whether only those without a name are meant.
  ///
  /// @throws ApiException where a filter cannot be read
  public static PruneFilter images(Map<String, Set<String>> given, Instant now, ZoneId zone)
      throws ApiException {
    return of(Filters.of(given, Set.of("dangling", "label", "label!", "until")), now, zone);
  }

  /// For everything else that can be old and have labels.
  ///
  /// @throws ApiException where a filter cannot be read
  public static PruneFilter others(Map<String, Set<String>> given, Instant now, ZoneId zone)
      throws ApiException {
    return of(Filters.of(given, Set.of("label", "label!", "until")), now, zone);
  }

  private static PruneFilter of(Filters filters, Instant now, ZoneId zone) throws ApiException {
    Set<String> until = filters.get("until");
    if (until.size() > 1) {
      throw ApiException.bad("more than one until filter specified");
    }
    Instant at = Instant.MAX;
    for (String one : until) {
      at = Timestamps.parse(one, now, zone);
    }
    return new PruneFilter(filters, at, filters.flag("dangling").orElse(true));
  }

  /// Whether only images without a name go.
  public boolean dangling() {
    return dangling;
  }

  /// Whether what was made then and has these labels goes.
  public boolean passes(Instant created, Map<String, String> labels) {
    return !created.isAfter(until)
        && filters.labels("label", labels)
        && (!filters.has("label!") || !filters.labels("label!", labels));
  }
}
