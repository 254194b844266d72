package swarm.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import swarm.network.Inet4Network;
import swarm.network.NetworkBridge;
import swarm.network.TestHost;
import swarm.network.nft.NftText;

/// The kernel takes what we encode for what `nft` makes of the same text.
class NetworkRulesTest {
  private static final List<NetworkBridge> NETWORKS =
      List.of(bridge("a", "10.1.0.0/24", false, true), bridge("b", "10.2.0.0/24", true, false));

  private static NetworkBridge bridge(
      String name, String subnet, boolean internal, boolean masquerade) {
    Inet4Network network = Inet4Network.parse(subnet);
    Inet4Address gateway = network.host(1);
    return new NetworkBridge(
        name.repeat(64), "br-" + name, network, gateway, internal, true, masquerade, 1500);
  }

  @Test
  void theKernelHasWhatTheTextSays() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
    try (TestHost ours = TestHost.create("ours");
        TestHost theirs = TestHost.create("theirs");
        HostKernel kernel = HostKernel.open(Optional.of(ours.netns()))) {
      var changes = NetworkRules.replace(NETWORKS);
      kernel.nft().apply(changes);
      theirs.execWithInput(NftText.render(changes), "nft", "-f", "-");
      String rules = ours.exec("nft", "list", "ruleset");
      assertThat(rules)
          .isEqualTo(theirs.exec("nft", "list", "ruleset"))
          .contains("ct status dnat accept")
          .contains("iifname \"br-b\" oifname != \"br-b\" drop")
          .contains("ct state established,related accept")
          .contains("iifname != \"br-a\" oifname \"br-a\" drop")
          .contains("ip saddr 10.1.0.0/24 oifname != \"br-a\" masquerade")
          .doesNotContain("ip saddr 10.2.0.0/24 oifname != \"br-b\" masquerade");

      kernel.nft().apply(NetworkRules.replace(List.of()));
      assertThat(ours.exec("nft", "list", "ruleset")).isBlank();
    }
  }
}
