package swarm.node.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.network.Inet4Network;

class NewNetworkPlanTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final NewNetworkPlan.There EMPTY =
      new NewNetworkPlan.There(List.of(), "swarm0", Inet4Network.parse("172.18.0.0/16"), List.of());

  private static NewNetwork asked(String name, String subnet, String range, String gateway) {
    return new NewNetwork(
        name,
        subnet.isEmpty() && range.isEmpty() && gateway.isEmpty()
            ? List.of()
            : List.of(new NetworkRecord.Pool(subnet, range, gateway, Map.of())),
        false,
        false,
        Map.of(),
        Map.of(),
        Map.of());
  }

  private static NetworkRecord plan(NewNetwork asked, NewNetworkPlan.There there)
      throws NetworkException {
    String id = there.networks().isEmpty() ? ID : "f".repeat(64);
    return NewNetworkPlan.plan(asked, id, "2026-01-02T03:04:05Z", there);
  }

  private static NewNetworkPlan.There with(NetworkRecord... records) {
    return new NewNetworkPlan.There(
        List.of(records), EMPTY.bridge(), EMPTY.bridgeSubnet(), EMPTY.routes());
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', 172.19.0.0/16, 172.19.0.1",
    "10.9.8.0/24, '', '', 10.9.8.0/24, 10.9.8.1",
    "10.9.8.7/24, '', '', 10.9.8.0/24, 10.9.8.1",
    "10.9.8.0/24, '', 10.9.8.254, 10.9.8.0/24, 10.9.8.254",
    "10.9.8.0/24, 10.9.8.128/25, '', 10.9.8.0/24, 10.9.8.128",
    "10.9.8.0/24, 10.9.8.128/25, 10.9.8.1, 10.9.8.0/24, 10.9.8.1",
  })
  void subnetAndGateway(String subnet, String range, String gateway, String gets, String address)
      throws NetworkException {
    NetworkRecord record = plan(asked("n", subnet, range, gateway), EMPTY);
    assertThat(record.subnet()).isEqualTo(gets);
    assertThat(record.gateway()).isEqualTo(address);
    assertThat(record.bridge()).isEqualTo("br-0123456789ab");
  }

  @Test
  void aSubnetThatNobodyAskedForKeepsClearOfRoutesAndNetworks() throws NetworkException {
    NetworkRecord first = plan(asked("a", "172.19.0.0/16", "", ""), EMPTY);
    var there =
        new NewNetworkPlan.There(
            List.of(first),
            "swarm0",
            EMPTY.bridgeSubnet(),
            List.of(Inet4Network.parse("172.20.5.0/24")));
    assertThat(plan(asked("b", "", "", ""), there).subnet()).isEqualTo("172.21.0.0/16");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''   | ''           | '' | '' | 400 | name is empty
          host | ''           | '' | '' | 403 | operation is not permitted on predefined host network
          a    | ''           | '' | '' | 409 | network with name a already exists
          b    | 10.9.8.0/25  | '' | '' | 403 | Pool overlaps with other one on this address space
          b    | 172.18.1.0/24 | '' | '' | 403 | Pool overlaps
          b    | wrong        | '' | '' | 400 | Invalid subnet wrong : invalid CIDR address: wrong
          b    | 10.1.0.0/33  | '' | '' | 400 | invalid CIDR address
          b    | 127.0.0.0/8  | '' | '' | 400 | no container can have addresses of 127.0.0.0/8 (loopback)
          b    | 0.0.0.0/1    | '' | '' | 400 | invalid subnet 0.0.0.0/1: no container
          b    | 239.1.0.0/16 | '' | '' | 400 | 224.0.0.0/4 (multicast)
          b    | 240.0.0.0/24 | '' | '' | 400 | 240.0.0.0/4 (reserved)
          b    | 10.1.0.0/31  | '' | '' | 400 | /30 is the smallest
          b    | ''           | '' | 10.1.0.1 | 400 | need the subnet
          b    | 10.1.0.0/24  | '' | 10.2.0.1 | 400 | does not belong to the subnet 10.1.0.0/24
          b    | 10.1.0.0/24  | '' | 10.1.0.255 | 400 | does not belong
          b    | 10.1.0.0/24  | 10.2.0.0/25 | '' | 400 | it is not in the subnet
          b    | 10.1.0.0/24  | x | '' | 400 | Invalid sub pool x
          """)
  void whatCannotBe(
      String name, String subnet, String range, String gateway, int status, String why)
      throws NetworkException {
    NetworkRecord there = plan(asked("a", "10.9.8.0/24", "", ""), EMPTY);
    assertThatThrownBy(() -> plan(asked(name, subnet, range, gateway), with(there)))
        .isInstanceOfSatisfying(
            NetworkException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x           | 1   |
          0_a.B-c     | 1   |
          x           | 255 |
          x           | 256 | xxxxxxxxxxxxxxxxxxxx... has 256 characters, the limit is 255
          -a          | 1   | "-a" is not of the form [a-zA-Z0-9][a-zA-Z0-9_.-]*
          .           | 1   | "." is not of the form
          a/b         | 1   | "a/b" is not of the form
          a b         | 1   | "a b" is not of the form
          \u00e4        | 1   | is not of the form
          """)
  void names(String name, int times, @Nullable String why) throws NetworkException {
    NewNetwork asked = asked(name.repeat(times), "", "", "");
    if (why == null) {
      assertThat(plan(asked, EMPTY).name()).isEqualTo(asked.name());
    } else {
      assertThatThrownBy(() -> plan(asked, EMPTY))
          .isInstanceOfSatisfying(
              NetworkException.class, e -> assertThat(e.status()).isEqualTo(400))
          .hasMessageStartingWith("invalid name: ")
          .hasMessageContaining(why);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "com.docker.network.bridge.name, a/b, invalid bridge name",
    "com.docker.network.bridge.name, longer-than-fifteen, invalid bridge name",
    "com.docker.network.bridge.name, swarm0, that of the network bridge",
    "com.docker.network.bridge.enable_icc, maybe, must be true or false",
    "com.docker.network.driver.mtu, 20, invalid MTU",
    "com.docker.network.driver.mtu, many, invalid MTU",
    "com.docker.network.bridge.host_binding_ipv4, x, invalid host binding address",
  })
  void badOptions(String option, String value, String why) {
    var options = new LinkedHashMap<String, String>();
    options.put(option, value);
    var asked = new NewNetwork("n", List.of(), false, false, Map.of(), options, Map.of());
    assertThatThrownBy(() -> plan(asked, EMPTY)).hasMessageContaining(why);
  }
}
