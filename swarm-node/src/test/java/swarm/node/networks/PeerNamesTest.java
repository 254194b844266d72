package swarm.node.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerNamesTest {
  private static final List<Peer> ALL =
      List.of(
          new Peer(
              "a".repeat(64),
              "web",
              "a".repeat(12),
              List.of(on("n", "10.0.0.2", false, "front"), on("m", "10.1.0.2", true))),
          new Peer("b".repeat(64), "db", "base", List.of(on("n", "10.0.0.3", false, "front"))),
          new Peer("c".repeat(64), "far", "c".repeat(12), List.of(on("o", "10.2.0.2", true))),
          new Peer(
              "d".repeat(64),
              "old",
              "d".repeat(12),
              List.of(
                  new Joined(
                      Predefined.BRIDGE_ID,
                      "bridge",
                      "",
                      "172.17.0.2",
                      16,
                      "172.17.0.1",
                      "",
                      "eth0",
                      List.of(),
                      0,
                      false))));

  private static Joined on(String network, String address, boolean internal, String... aliases) {
    return new Joined(
        "id-" + network, network, "", address, 24, "", "", "eth0", List.of(aliases), 0, internal);
  }

  private static PeerNames seenBy(String digit) {
    return new PeerNames(digit.repeat(64), () -> ALL, false);
  }

  @ParameterizedTest
  @CsvSource({
    "b, web, 10.0.0.2",
    "b, web.n, 10.0.0.2",
    "b, web.m, ''",
    "b, aaaaaaaaaaaa, 10.0.0.2",
    "b, base, 10.0.0.3",
    "b, front, 10.0.0.2 10.0.0.3",
    "b, front.n, 10.0.0.2 10.0.0.3",
    "b, far, ''",
    "b, old, ''",
    "a, web, 10.0.0.2 10.1.0.2",
    "a, web.m, 10.1.0.2",
    "d, old, ''",
    "d, web, ''",
    "e, web, ''",
  })
  void names(String asker, String name, String addresses) {
    assertThat(
            String.join(
                " ",
                seenBy(asker).addresses(name).stream().map(Inet4Address::getHostAddress).toList()))
        .isEqualTo(addresses);
  }

  @Test
  void addressesHaveTheNameOfTheContainerAndTheNetwork() {
    assertThat(seenBy("b").name(Inet4Address.ofLiteral("10.0.0.2"))).contains("web.n");
    assertThat(seenBy("b").name(Inet4Address.ofLiteral("10.1.0.2"))).isEmpty();
  }

  @Test
  void onlyAContainerWithAWayOutAsksOthers() {
    assertThat(seenBy("a").asksOthers()).isTrue();
    assertThat(seenBy("c").asksOthers()).isFalse();
    assertThat(new PeerNames("c".repeat(64), () -> ALL, true).asksOthers()).isTrue();
  }
}
