package swarm.node.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.network.Inet4Network;

class AddressPoolsTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/29, 10.0.0.0/29, 10.0.0.1, '', 10.0.0.2",
    "10.0.0.0/29, 10.0.0.0/29, 10.0.0.1, 10.0.0.4, 10.0.0.5",
    "10.0.0.0/29, 10.0.0.0/29, 10.0.0.1, 10.0.0.6, 10.0.0.2",
    "10.0.0.0/29, 10.0.0.4/30, 10.0.0.1, '', 10.0.0.4",
    "10.0.0.0/29, 10.0.0.4/30, 10.0.0.4 10.0.0.5 10.0.0.6, '', ''",
    "10.0.0.0/30, 10.0.0.0/30, 10.0.0.1, '', 10.0.0.2",
    "10.0.0.0/30, 10.0.0.0/30, 10.0.0.1 10.0.0.2, '', ''",
    "0.0.0.0/0, 10.0.0.0/8, 10.0.0.0, 9.9.9.9, 10.0.0.1",
  })
  void theNextFreeAddress(String subnet, String range, String used, String last, String next) {
    var taken = new HashSet<Inet4Address>();
    Arrays.stream(used.split(" ")).map(Inet4Address::ofLiteral).forEach(taken::add);
    Optional<Inet4Address> found =
        AddressPools.next(
            Inet4Network.parse(subnet),
            Inet4Network.parse(range),
            taken,
            last.isEmpty() ? Optional.empty() : Optional.of(Inet4Address.ofLiteral(last)));
    assertThat(found.map(Inet4Address::getHostAddress).orElse("")).isEqualTo(next);
  }
}
