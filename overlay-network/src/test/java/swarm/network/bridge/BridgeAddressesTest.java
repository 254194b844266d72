package swarm.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import swarm.network.Inet4Network;

class BridgeAddressesTest {
  private static final Inet4Network SMALL = Inet4Network.parse("172.18.0.0/29");

  @Test
  void givesOutEveryHostButTheGatewayThenNone() {
    var used = new ArrayList<Inet4Address>();
    Optional<Inet4Address> next = BridgeAddresses.allocate(SMALL, used, Optional.empty());
    while (next.isPresent()) {
      used.add(next.get());
      next = BridgeAddresses.allocate(SMALL, used, next);
    }
    assertThat(used)
        .extracting(Inet4Address::getHostAddress)
        .containsExactly("172.18.0.2", "172.18.0.3", "172.18.0.4", "172.18.0.5", "172.18.0.6");
  }

  @Test
  void aFreedAddressRestsUntilTheOthersWereUsed() {
    Optional<Inet4Address> next =
        BridgeAddresses.allocate(SMALL, List.of(), Optional.of(address("172.18.0.2")));
    assertThat(next).contains(address("172.18.0.3"));
    assertThat(BridgeAddresses.allocate(SMALL, List.of(), Optional.of(address("172.18.0.6"))))
        .contains(address("172.18.0.2"));
    assertThat(BridgeAddresses.allocate(SMALL, List.of(), Optional.of(address("10.0.0.9"))))
        .contains(address("172.18.0.2"));
  }

  @Property
  void neverGivesOutWhatIsUsed(
      @ForAll Set<@IntRange(min = 2, max = 14) Integer> usedOffsets,
      @ForAll @IntRange(min = 0, max = 15) int last) {
    Inet4Network network = Inet4Network.parse("10.0.0.0/28");
    var used = new HashSet<Inet4Address>();
    usedOffsets.forEach(offset -> used.add(network.host(offset)));
    Optional<Inet4Address> given =
        BridgeAddresses.allocate(network, used, Optional.of(network.host(last)));
    assertThat(given.isPresent()).isEqualTo(used.size() < 13);
    given.ifPresent(
        address -> {
          assertThat(network.contains(address)).isTrue();
          assertThat(used).doesNotContain(address);
          assertThat(List.of(network.host(0), network.host(1), network.host(15)))
              .doesNotContain(address);
        });
  }

  @Test
  void choosesASubnetThatNoRouteOverlaps() {
    assertThat(choose()).contains(Inet4Network.parse("172.18.0.0/16"));
    assertThat(choose("0.0.0.0/0", "10.0.0.0/8")).contains(Inet4Network.parse("172.18.0.0/16"));
    assertThat(choose("172.18.5.0/24")).contains(Inet4Network.parse("172.19.0.0/16"));
    assertThat(choose("172.16.0.0/12")).contains(Inet4Network.parse("192.168.0.0/20"));
    assertThat(choose("172.16.0.0/12", "192.168.0.0/16")).isEmpty();
  }

  private static Optional<Inet4Network> choose(String... routes) {
    return BridgeAddresses.chooseSubnet(List.of(routes).stream().map(Inet4Network::parse).toList());
  }

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }
}
