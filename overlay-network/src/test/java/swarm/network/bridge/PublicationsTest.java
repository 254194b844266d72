package swarm.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import swarm.network.Golden;
import swarm.network.Inet4Network;
import swarm.network.PortBinding;
import swarm.network.PortConflictException;
import swarm.network.TransportProtocol;
import swarm.network.netlink.ConnectionTracking.Tracked;
import swarm.network.nft.NftText;

class PublicationsTest {
  private static final Inet4Address FIRST = address("172.18.0.2");
  private static final Inet4Address SECOND = address("172.18.0.3");
  private static final Publications NONE = new Publications(List.of());

  @Test
  void theWholeTable() throws PortConflictException {
    Publications some =
        NONE.publish("c1", FIRST, List.of(tcp("", 8080), tcp("127.0.0.1", 8081))).then();
    Golden.matches(
        "bridge-rules.nft",
        NftText.render(
            BridgeRules.replace("swarm0", Inet4Network.parse("172.18.0.0/16"), some.all())));
  }

  @Test
  void onlyWhatDiffersIsChanged() throws PortConflictException {
    Publications.Plan first = NONE.publish("c1", FIRST, List.of(tcp("", 8080), tcp("", 8081)));
    Publications.Plan again =
        first.then().publish("c1", FIRST, List.of(tcp("", 8081), tcp("", 8082)));
    assertThat(NftText.render(again.changes()))
        .isEqualTo(
            """
            delete element ip swarm published { tcp . 8080 }
            add element ip swarm published { tcp . 8082 comment "c1" : 172.18.0.2 . 80 }
            """);
    assertThat(again.then().publish("c1", FIRST, List.of(tcp("", 8081), tcp("", 8082))).changes())
        .isEmpty();
    assertThat(again.then().unpublish("c1").then()).isEqualTo(NONE);
    assertThat(again.then().retain(Set.of()).then()).isEqualTo(NONE);
    assertThat(again.then().retain(Set.of("c1")).changes()).isEmpty();
  }

  @Test
  void aPortIsPublishedOnce() throws PortConflictException {
    Publications held =
        NONE.publish("c1", FIRST, List.of(tcp("", 8080), tcp("127.0.0.1", 8081))).then();
    for (PortBinding clash :
        List.of(tcp("", 8080), tcp("10.0.0.1", 8080), tcp("", 8081), tcp("127.0.0.1", 8081))) {
      assertThatThrownBy(() -> held.publish("c2", SECOND, List.of(clash)))
          .as(clash.toString())
          .isInstanceOf(PortConflictException.class);
    }
    for (PortBinding fine : List.of(tcp("10.0.0.1", 8081), tcp("", 8082), udp(8080))) {
      assertThat(held.publish("c2", SECOND, List.of(fine)).changes())
          .as(fine.toString())
          .hasSize(1);
    }
    assertThatThrownBy(
            () -> NONE.publish("c1", FIRST, List.of(tcp("", 8080), tcp("127.0.0.1", 8080))))
        .isInstanceOf(PortConflictException.class);
  }

  @Test
  void connectionsToWhatIsGoneAreStale() throws PortConflictException {
    Publications held = NONE.publish("c1", FIRST, List.of(tcp("", 8080))).then();
    Publications.Stale stale = held.unpublish("c1").stale();
    Inet4Address host = address("10.0.0.1");
    assertThat(stale.test(new Tracked(6, host, 8080, FIRST))).isTrue();
    assertThat(stale.test(new Tracked(6, host, 8081, FIRST))).isFalse();
    assertThat(stale.test(new Tracked(6, host, 8080, SECOND))).isFalse();
    assertThat(stale.test(new Tracked(6, host, 8080, host))).isFalse();
    assertThat(NONE.publish("c1", FIRST, List.of(tcp("", 8080))).stale().isEmpty()).isTrue();
    Publications.Stale opened = NONE.publish("c1", FIRST, List.of(udp(53))).stale();
    assertThat(opened.isEmpty()).isFalse();
    assertThat(opened.test(new Tracked(17, host, 53, host))).isTrue();
    assertThat(opened.test(new Tracked(17, host, 53, FIRST))).isFalse();
    assertThat(opened.test(new Tracked(6, host, 53, host))).isFalse();
  }

  private static PortBinding tcp(String at, int hostPort) {
    return new PortBinding(
        TransportProtocol.TCP,
        at.isEmpty() ? Optional.empty() : Optional.of(address(at)),
        hostPort,
        80);
  }

  private static PortBinding udp(int hostPort) {
    return new PortBinding(TransportProtocol.UDP, Optional.empty(), hostPort, 53);
  }

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }
}
