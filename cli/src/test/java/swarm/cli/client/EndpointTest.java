package swarm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  private static final Endpoint.TlsFiles TLS = new Endpoint.TlsFiles(true, null, null, null);

  @ParameterizedTest
  @CsvSource({
    "unix:///run/x.sock, false, unix:///run/x.sock",
    "unix://rel/x.sock, false, unix://rel/x.sock",
    "tcp://10.0.0.1:1234, false, tcp://10.0.0.1:1234",
    "tcp://10.0.0.1, false, tcp://10.0.0.1:2375",
    "tcp://10.0.0.1, true, tcp://10.0.0.1:2376",
    "tcp://[::1]:99, true, tcp://[::1]:99",
    "tcp://[::1], true, tcp://[::1]:2376",
    "tcp://:99, false, tcp://127.0.0.1:99",
    "tcp://host/, false, tcp://host:2375",
  })
  void what_is_asked_for_is_read(String text, boolean tls, String expected) throws Exception {
    assertThat(Endpoint.parse(text, "-H", tls ? TLS : null)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "unix://", "/run/x", "http://a", "tcp://a:b", "tcp://a:70000", "tcp://a/b"})
  void what_cannot_be_one_is_refused_with_its_source(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text, "DOCKER_HOST", null))
        .isInstanceOf(DaemonUnreachableException.class)
        .hasMessageStartingWith("DOCKER_HOST says '" + text + "'")
        .hasMessageContaining("tcp://HOST:PORT");
  }
}
