package swarm.node.api.filter;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.RegistrySearch;

/// Which of the images that a registry found are shown: Docker's `search --filter`. Pure.
///
/// @param official empty for all
/// @param none whether nothing passes: no registry tells of automated builds any more
/// @param stars the least number of them
public record SearchFilter(Optional<Boolean> official, boolean none, long stars) {
  private static final Set<String> KEYS = Set.of("is-automated", "is-official", "stars");

  /// @throws ApiException where a filter cannot be read
  public static SearchFilter of(Map<String, Set<String>> given) throws ApiException {
    Filters filters = Filters.of(given, KEYS);
    long stars = 0;
    for (String value : filters.get("stars")) {
      if (!value.matches("\\d{1,9}")) {
        throw Filters.invalid("stars", value);
      }
      stars = Math.max(stars, Long.parseLong(value));
    }
    return new SearchFilter(
        filters.flag("is-official"), filters.flag("is-automated").orElse(false), stars);
  }

  /// Whether it is shown.
  public boolean passes(RegistrySearch.Found found) {
    return !none
        && official.map(wanted -> wanted == found.official()).orElse(true)
        && found.stars() >= stars;
  }
}
