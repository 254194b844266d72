package swarm.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import swarm.cli.client.Json;

class WarningsTest {
  @Test
  void who_is_ready_and_says_something_is_named() throws Exception {
    String nodes =
        """
        [{"Description":{"Hostname":"a"},"Status":{"State":"ready"}},
         {"Description":{"Hostname":"b"},"Status":{"State":"ready","Message":"the disk is full"}},
         {"Description":{"Hostname":"c"},"Status":{"State":"down","Message":"does not answer"}}]
        """;
    assertThat(
            Warnings.ofNodes(
                Json.parse(new ByteArrayInputStream(nodes.getBytes(StandardCharsets.UTF_8)))))
        .containsExactly("WARNING: node b: the disk is full");
  }
}
