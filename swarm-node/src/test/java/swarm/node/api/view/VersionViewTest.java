package swarm.node.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionViewTest {
  private static JsonNode answer(VersionView.Program... programs) {
    return new VersionView(
            "0.1.0",
            "1.50",
            "1.24",
            "unknown",
            "2026-01-02T03:04:05Z",
            "25.0.1",
            "amd64",
            "6.1",
            List.of(programs))
        .toJson();
  }

  /// `docker version` shows the first; scripts read the second.
  @ParameterizedTest
  @CsvSource({
    "ApiVersion, 1.50",
    "MinAPIVersion, 1.24",
    "GitCommit, unknown",
    "GoVersion, java25.0.1",
    "BuildTime, 2026-01-02T03:04:05Z",
    "Os, linux",
    "Arch, amd64",
    "KernelVersion, 6.1",
    "Experimental, false",
  })
  void theEngineIsToldTwice(String field, String value) {
    assertThat(answer().at("/Components/0/Details/" + field).asText()).isEqualTo(value);
    assertThat(answer().path(field).asText()).isEqualTo(value);
  }

  /// Go's clients read the details as strings, and fail at anything else.
  @Test
  void detailsAreStrings() {
    assertThat(answer().at("/Components/0/Details")).allMatch(JsonNode::isTextual);
    assertThat(answer().path("Experimental").isBoolean()).isTrue();
  }

  @Test
  void theHostsProgramsFollowTheEngine() {
    JsonNode components =
        answer(new VersionView.Program("crun", "1.8.1"), new VersionView.Program("conmon", ""))
            .path("Components");

    assertThat(components).hasSize(3);
    assertThat(components.at("/0/Name").asText()).isEqualTo("Engine");
    assertThat(components.get(1).toString())
        .isEqualTo("{\"Name\":\"crun\",\"Version\":\"1.8.1\",\"Details\":{\"GitCommit\":\"\"}}");
    assertThat(components.at("/2/Version").asText()).isEmpty();
  }
}
