package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Inet4NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "192.168.1.128/25, 192.168.1.127, false",
    "192.168.1.128/25, 192.168.1.255, true",
    "0.0.0.0/0, 255.255.255.255, true",
    "10.1.2.3/32, 10.1.2.3, true",
  })
  void contains(String network, String address, boolean inside) {
    assertThat(Inet4Network.parse(network).contains(Inet4Address.ofLiteral(address)))
        .isEqualTo(inside);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.1.0.0/16, 10.0.0.0/8, true",
    "10.1.0.0/16, 10.2.0.0/16, false",
    "0.0.0.0/0, 10.2.0.0/16, true",
  })
  void overlaps(String one, String other, boolean expected) {
    assertThat(Inet4Network.parse(one).overlaps(Inet4Network.parse(other))).isEqualTo(expected);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> Inet4Network.parse("10.0.0.1/8"))
        .hasMessage("10.0.0.1/8 has host bits set; the network is 10.0.0.0/8");
    assertThatThrownBy(() -> Inet4Network.parse("10.0.0.0"))
        .hasMessage("10.0.0.0 is no network; write address/prefix length");
    assertThatThrownBy(() -> Inet4Network.parse("10.0.0.0/33"))
        .hasMessage("prefix length 33 of 10.0.0.0 is not 0 to 32");
    assertThatThrownBy(() -> Inet4Network.parse("10.0.0.0/29").host(8))
        .hasMessage("offset 8 lies outside of 10.0.0.0/29");
  }

  @Test
  void countsHosts() {
    Inet4Network network = Inet4Network.parse("10.0.0.248/29");
    assertThat(network.size()).isEqualTo(8);
    assertThat(network.host(7).getHostAddress()).isEqualTo("10.0.0.255");
    assertThat(Inet4Network.parse("0.0.0.0/0").size()).isEqualTo(1L << 32);
  }
}
