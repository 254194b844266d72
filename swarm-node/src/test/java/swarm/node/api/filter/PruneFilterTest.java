package swarm.node.api.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;

class PruneFilterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Map<String, String> LABELS = Map.of("keep", "", "tier", "front");

  private static boolean passes(Map<String, Set<String>> filters, Instant created)
      throws ApiException {
    return PruneFilter.others(filters, NOW, ZoneOffset.UTC).passes(created, LABELS);
  }

  @ParameterizedTest
  @CsvSource({
    "until,  10m,                  true",
    "until,  2h,                   false",
    "until,  2026-01-02T00:00:00Z, false",
    "label,  keep,                 true",
    "label,  tier=front,           true",
    "label,  tier=back,            false",
    "label!, keep,                 false",
    "label!, tier=back,            true",
    "label!, other,                true",
  })
  void whatGoes(String key, String value, boolean goes) throws ApiException {
    assertThat(passes(Map.of(key, Set.of(value)), NOW.minusSeconds(3600))).isEqualTo(goes);
  }

  @Test
  void everythingGoesWithoutAWord() throws ApiException {
    assertThat(passes(Map.of(), NOW)).isTrue();
  }

  @Test
  void otherFiltersAreRefused() {
    assertThatThrownBy(() -> passes(Map.of("status", Set.of("exited")), NOW))
        .hasMessage("invalid filter 'status'");
    assertThatThrownBy(() -> passes(Map.of("until", Set.of("1h", "2h")), NOW))
        .hasMessage("more than one until filter specified");
  }
}
