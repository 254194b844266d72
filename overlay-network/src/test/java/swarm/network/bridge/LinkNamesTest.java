package swarm.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import swarm.network.netlink.NewLink;

class LinkNamesTest {
  private static final LinkNames NAMES = new LinkNames("sw", "swarm0");

  @Test
  void areDerivedFromTheId() {
    assertThat(NAMES.bridgeLink("0123456789abcdef")).isEqualTo("swb0123456789ab");
    assertThat(NAMES.ingressLink("0123456789abcdef")).isEqualTo("swi0123456789ab");
    assertThat(NAMES.bridgeLink("web")).hasSize(NewLink.MAX_NAME).startsWith("swb");
    assertThat(NAMES.bridgeLink("web")).isNotEqualTo(NAMES.bridgeLink("web2"));
  }

  @Test
  void areRecognised() {
    assertThat(NAMES.isContainerLink(NAMES.bridgeLink("web"))).isTrue();
    assertThat(NAMES.isContainerLink(NAMES.ingressLink("web"))).isTrue();
    assertThat(NAMES.isContainerLink(NAMES.ingressBridge())).isFalse();
    assertThat(NAMES.isContainerLink(NAMES.ingressVxlan())).isFalse();
    assertThat(NAMES.isContainerLink("swarm0")).isFalse();
    assertThat(NAMES.isContainerLink("eth0")).isFalse();
    assertThat(new LinkNames("sx", "swarm0").isContainerLink(NAMES.bridgeLink("web"))).isFalse();
  }

  @Test
  void ownersAreReadBackFromAliases() {
    var owner = new ContainerLink.Owner("abc", java.net.Inet4Address.ofLiteral("172.18.0.2"));
    assertThat(ContainerLink.Owner.parse(owner.alias())).contains(owner);
    assertThat(ContainerLink.Owner.parse("")).isEmpty();
    assertThat(ContainerLink.Owner.parse("my uplink 1")).isEmpty();
    assertThat(ContainerLink.Owner.parse("swarm abc nonsense")).isEmpty();
  }
}
