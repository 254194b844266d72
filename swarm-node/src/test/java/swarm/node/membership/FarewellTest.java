package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FarewellTest {
  @Test
  void whoIsNotKnownToHaveLeftIsRemovedByHand() {
    List<String> others = List.of("10.0.0.1:2377", "10.0.0.2:2377");
    assertThat(Farewell.untold("they do not know", "h3", true, others))
        .isEqualTo(
            "they do not know: on one of them (10.0.0.1:2377, 10.0.0.2:2377) run 'swarm node demote"
                + " h3' and then 'swarm node rm --force h3'. Until then it counts for their"
                + " majority.");
    assertThat(Farewell.untold("they do not know", "h3", false, others))
        .endsWith("run 'swarm node rm --force h3'.");
  }
}
