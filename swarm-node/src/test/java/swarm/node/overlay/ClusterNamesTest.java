package swarm.node.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.network.VirtualAddresses;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Subnet;

class ClusterNamesTest {
  private static final ClusterNetwork FRONT =
      network(
          "front",
          false,
          List.of(
              endpoint("10.1.0.3", "s1", true, "web.1.t1", "0123456789ab"),
              endpoint("10.1.0.4", "s1", true, "web.2.t2"),
              endpoint("10.1.0.5", "s1", false, "web.3.t3"),
              endpoint("10.1.0.6", "s2", true, "db.1.t4")),
          List.of(
              new SessionMessages.OverlayService("s1", "web", address("10.1.0.2"), List.of("www")),
              new SessionMessages.OverlayService("s2", "db", 0, List.of("store"))));
  private static final ClusterNetwork BACK =
      network(
          "back",
          true,
          List.of(endpoint("10.2.0.3", "s3", true, "web.1.t9")),
          List.of(
              new SessionMessages.OverlayService(
                  "s3", "api", address("10.2.0.2"), List.of("web"))));
  private static final ClusterNames NAMES = new ClusterNames(() -> List.of(FRONT, BACK));

  private static int address(String text) {
    return Subnet.address(text).orElseThrow();
  }

  private static SessionMessages.OverlayEndpoint endpoint(
      String address, String service, boolean healthy, String... names) {
    return new SessionMessages.OverlayEndpoint(
        address(address), "192.0.2.1", List.of(names), service, healthy);
  }

  private static ClusterNetwork network(
      String name,
      boolean internal,
      List<SessionMessages.OverlayEndpoint> endpoints,
      List<SessionMessages.OverlayService> services) {
    return ClusterNetwork.of(
            name, new SessionMessages.OverlayNetwork(name, 4097, 4789, 0, 8, internal, 0))
        .with(
            new SessionMessages.OverlayChange(
                name, null, endpoints, List.of(), services, List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "web, 10.1.0.2",
    "web.front, 10.1.0.2",
    "web.back, 10.2.0.2", // an alias there
    "www, 10.1.0.2",
    "api, 10.2.0.2",
    "db, 10.1.0.6",
    "store, 10.1.0.6",
    "tasks.web, 10.1.0.3 10.1.0.4",
    "tasks.web.front, 10.1.0.3 10.1.0.4",
    "tasks.db, 10.1.0.6",
    "web.1.t1, 10.1.0.3",
    "0123456789ab, 10.1.0.3",
    "web.3.t3, ''", // not healthy
    "web.1.t9.back, 10.2.0.3",
    "web.1.t9.front, ''",
    "tasks.www, ''",
    "front, ''",
    "example.com, ''",
  })
  void namesLeadTo(String name, String addresses) {
    assertThat(
            NAMES.addresses(name).stream()
                .map(Inet4Address::getHostAddress)
                .collect(Collectors.joining(" ")))
        .isEqualTo(addresses);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.2, web.front",
    "10.1.0.3, web.1.t1.front",
    "10.2.0.3, web.1.t9.back",
    "10.1.0.99, ''",
  })
  void addressesHaveNames(String address, String name) {
    assertThat(NAMES.name(Inet4Address.ofLiteral(address)).orElse("")).isEqualTo(name);
  }

  @Test
  void virtualAddressesLeadToWhatIsHealthy() {
    VirtualAddresses all = ClusterNetwork.virtual(List.of(FRONT, BACK));
    var text = new TreeMap<String, List<String>>();
    all.backends()
        .forEach(
            (vip, behind) ->
                text.put(
                    vip.getHostAddress(),
                    behind.stream().map(Inet4Address::getHostAddress).toList()));
    assertThat(text)
        .isEqualTo(
            Map.of("10.1.0.2", List.of("10.1.0.3", "10.1.0.4"), "10.2.0.2", List.of("10.2.0.3")));
    assertThat(all.endpoints()).as("connections to them stay").hasSize(5);
  }
}
