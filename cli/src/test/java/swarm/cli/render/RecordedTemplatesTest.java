package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;

/// Templates of `inspect` and what the `docker` command, version 28.2.2, printed for them: of the
/// container in `container.json`. `templates.txt` has a template a line, and below it, behind `= `
/// or `! `, what it printed or said; `\n` is a line end.
class RecordedTemplatesTest {
  record Recorded(String template, String expected) {
    @Override
    public String toString() {
      return template;
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = RecordedTemplatesTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Stream<Recorded> recorded() throws IOException {
    List<String> lines = resource("templates.txt").lines().toList();
    var all = new ArrayList<Recorded>();
    for (int i = 0; i + 1 < lines.size(); i += 2) {
      all.add(new Recorded(lines.get(i), lines.get(i + 1)));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void printsWhatDockerPrints(Recorded one) throws IOException {
    JsonNode container = Json.parse(resource("container.json")).get(0);
    assertThat(told(one.template, container)).isEqualTo(one.expected);
  }

  private static String told(String template, JsonNode container) {
    try {
      return "= " + Format.ofObject(template).inspect(container).replace("\n", "\\n");
    } catch (InvalidValueException e) {
      return "! " + e.reason();
    }
  }
}
