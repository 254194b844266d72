package swarm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAddressTest {
  @ParameterizedTest
  @CsvSource({
    "tcp://0.0.0.0:2376, 0.0.0.0, 2376",
    "tcp://127.0.0.1, 127.0.0.1, 2376",
    "tcp://[::1]:5000, 0:0:0:0:0:0:0:1, 5000",
  })
  void isRead(String host, String address, int port) throws IOException {
    var read = ApiAddress.parse(host);
    assertThat(read.getAddress().getHostAddress()).isEqualTo(address);
    assertThat(read.getPort()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://",
        "tcp://:2376",
        "tcp://host:2376",
        "tcp://1.2.3.4:0",
        "tcp://1.2.3.4:65536",
        "tcp://1.2.3.4:2376/path",
        "tcp://me@1.2.3.4:2376",
        "http://1.2.3.4:2376",
        "tcp:x"
      })
  void orIsRefused(String host) {
    assertThatThrownBy(() -> ApiAddress.parse(host))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--host " + host + " must be tcp://ADDRESS:PORT");
  }
}
