package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import swarm.cli.client.Json;

class ImageTablesTest {
  /// As reproducible builds make them.
  @Test
  void anImageOfTheEpochIsOld() throws Exception {
    Listing images =
        ImageTables.images(
            Json.parse(
                "[{\"Id\":\"sha256:0123456789abcdef\",\"RepoTags\":[\"old:1\"],\"Created\":0}]"),
            Instant.parse("2026-01-31T00:00:00Z"),
            ZoneOffset.UTC,
            true,
            false);
    assertThat(images.render("{{.CreatedSince}}", false)).isEqualTo("56 years ago\n");
  }
}
