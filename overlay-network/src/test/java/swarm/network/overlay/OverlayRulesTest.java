package swarm.network.overlay;

import org.junit.jupiter.api.Test;
import swarm.network.Golden;
import swarm.network.nft.NftText;

class OverlayRulesTest {
  @Test
  void theHostsTable() {
    Golden.matches("overlay-rules.nft", NftText.render(OverlayRules.replace("swo")));
  }
}
