package swarm.node.api.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Image;
import swarm.scheduler.model.Wire;

class ImageFilterTest {
  private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
  private static final String DIGEST = "@sha256:" + "d".repeat(64);

  private static Image image(String id, String created, List<String> tags, List<String> digests) {
    ObjectNode configuration = Wire.JSON.createObjectNode().put("created", created);
    configuration.putObject("config").putObject("Labels").put("of", id);
    return new Image(id, tags, digests, configuration, List.of(), 0);
  }

  private static final List<Image> ALL =
      List.of(
          image("a", "2026-01-01T00:00:00Z", List.of("web:1", "web:2"), List.of("web" + DIGEST)),
          image("b", "2026-01-02T00:00:00Z", List.of("host:5000/team/app:1"), List.of()),
          image("c", "2026-01-03T00:00:00Z", List.of(), List.of("db" + DIGEST)),
          image("d", "2026-01-04T00:00:00Z", List.of(), List.of()));

  private static Image get(String name) throws IOException {
    return ALL.stream()
        .filter(i -> i.id().equals(name) || i.tags().contains(name))
        .findFirst()
        .orElseThrow(() -> new IOException("No such image: " + name));
  }

  private static ImageFilter filter(Map<String, Set<String>> filters) throws Exception {
    return ImageFilter.of(filters, ImageFilterTest::get, NOW, ZoneOffset.UTC);
  }

  private static String ids(Map<String, Set<String>> filters) throws Exception {
    ImageFilter filter = filter(filters);
    var found = new StringBuilder();
    ALL.stream().filter(filter::passes).forEach(i -> found.append(i.id()));
    return found.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "dangling, true, cd",
    "dangling, 1, cd",
    "dangling, false, abc",
    "label, of, abcd",
    "label, of=b, b",
    "label, of=x, ''",
    "before, c, ab",
    "before, web:1, ''",
    "since, b, cd",
    "since, d, ''",
    "until, 2026-01-03T00:00:00Z, ab",
    "until, 2026-01-02, a",
    "until, 168h, ab",
    "until, 1767312001, ab",
    "until, 24h, abcd",
    "reference, web, a",
    "reference, web:2, a",
    "reference, web:*, a",
    "reference, w?b, a",
    "reference, '[v-x]eb:1', a",
    "reference, we, ''",
    "reference, '*', ac",
    "reference, '*/*/app', b",
    "reference, 'host:5000/team/app', b",
    "reference, '*app*', ''",
    "reference, db, c",
  })
  void oneFilter(String key, String value, String ids) throws Exception {
    assertThat(ids(Map.of(key, Set.of(value)))).isEqualTo(ids);
  }

  @Test
  void filtersTogetherNarrow() throws Exception {
    assertThat(ids(Map.of())).isEqualTo("abcd");
    assertThat(ids(Map.of("since", Set.of("a"), "before", Set.of("d")))).isEqualTo("bc");
    assertThat(ids(Map.of("before", Set.of("d"), "until", Set.of("2026-01-02")))).isEqualTo("a");
    assertThat(ids(Map.of("reference", Set.of("web", "db")))).isEqualTo("ac");
  }

  @Test
  void onlyTheNamesThatAreAskedForAreShown() throws Exception {
    assertThat(filter(Map.of("reference", Set.of("web:2"))).names(ALL.getFirst().tags()))
        .containsExactly("web:2");
    assertThat(filter(Map.of()).names(ALL.getFirst().tags())).containsExactly("web:1", "web:2");
  }

  @ParameterizedTest
  @CsvSource({
    "colour, x, invalid filter 'colour'",
    "dangling, maybe, invalid filter 'dangling=[maybe]'",
    "until, soon, failed to parse value as time or duration: \"soon\"",
    "until, 2026-13-01, failed to parse value as time or duration: \"2026-13-01\"",
    "until, 1h2, failed to parse value as time or duration: \"1h2\"",
    "reference, '[a', invalid filter 'reference=[a': syntax error in pattern",
    "reference, '[z-a]', invalid filter 'reference=[z-a]': syntax error in pattern",
    "reference, 'a\\', invalid filter 'reference=a\\': syntax error in pattern",
  })
  void whatCannotBeReadIsRefused(String key, String value, String message) {
    assertThatThrownBy(() -> ids(Map.of(key, Set.of(value))))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessage(message);
  }

  @Test
  void anImageThatIsNotThereIsNotFound() {
    assertThatThrownBy(() -> ids(Map.of("before", Set.of("nothing"))))
        .hasMessage("No such image: nothing");
  }

  // ---- points in time

  @ParameterizedTest
  @CsvSource({
    "10m, 2026-01-09T23:50:00Z",
    "1h30m, 2026-01-09T22:30:00Z",
    "1.5h, 2026-01-09T22:30:00Z",
    "1500ms, 2026-01-09T23:59:58.500Z",
    "0, 1970-01-01T00:00:00Z",
    "1.5, 1970-01-01T00:00:01.500Z",
    "2026-01-02, 2026-01-01T23:00:00Z",
    "2026-01-02T12:00, 2026-01-02T11:00:00Z",
    "2026-01-02T12:00:01, 2026-01-02T11:00:01Z",
    "2026-01-02T12:00:01Z, 2026-01-02T12:00:01Z",
    "2026-01-02T12:00:01.5+02:00, 2026-01-02T10:00:01.500Z",
  })
  void times(String text, Instant at) throws ApiException {
    assertThat(Timestamps.parse(text, NOW, ZoneId.of("+01:00"))).isEqualTo(at);
  }
}
