package swarm.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AnswerTest {
  @Test
  void a_body_of_known_length() throws IOException {
    var answer = HttpCall.parse(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("ok");
  }

  @Test
  void a_body_in_chunks() throws IOException {
    var answer =
        HttpCall.parse(
            bytes(
                "HTTP/1.1 201 -\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"));
    assertThat(answer.text()).isEqualTo("abcde");
  }

  @Test
  void an_answer_cut_short_is_no_answer() {
    for (String cut :
        new String[] {
          "",
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        }) {
      assertThatThrownBy(() -> HttpCall.parse(bytes(cut))).as(cut).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_list_is_one_value_and_of_a_stream_the_last_counts() throws IOException {
    assertThat(DockerApi.lastValue("[{\"a\":1},{\"a\":2}]")).hasSize(2);
    assertThat(DockerApi.lastValue("{\"a\":1}\n{\"a\":2}\n").path("a").asInt()).isEqualTo(2);
    assertThat(DockerApi.lastValue("\"id\"").asText()).isEqualTo("id");
    assertThat(DockerApi.lastValue("OK").isMissingNode()).isTrue();
    assertThat(DockerApi.lastValue("").isMissingNode()).isTrue();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
