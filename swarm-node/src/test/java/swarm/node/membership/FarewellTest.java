package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FarewellTest {
  /// Docker's rule: `removingManagerCausesLossOfQuorum`.
  @ParameterizedTest
  @CsvSource({
    "1, 1, erases all current state, false",
    "2, 2, leaves 1 managers out of 2., true",
    "3, 3, leaves 2 managers out of 3., false",
    "3, 2, leaves 1 managers out of 3., true",
    "3, 0, leaves 0 managers out of 3., true",
    "5, 4, leaves 3 managers out of 5., false",
    "5, 3, leaves 2 managers out of 5., true",
  })
  void onlyManagersThatAnswerCount(int managers, int answering, String words, boolean lost) {
    assertThat(Farewell.warning(managers, answering)).contains(words);
    assertThat(Farewell.warning(managers, answering).contains("will be inaccessible"))
        .isEqualTo(lost);
  }

  @Test
  void nothingBringsALastManagersSwarmBack() {
    assertThat(Farewell.warning(1, 1))
        .doesNotContain("--force-new-cluster")
        .endsWith("Use `--force` to ignore this message.");
  }

  @Test
  void whoIsNotKnownToHaveLeftIsRemovedByHand() {
    List<String> others = List.of("10.0.0.1:2377", "10.0.0.2:2377", "10.0.0.1:2377");
    assertThat(Farewell.untold("they do not know", "h3", true, others))
        .isEqualTo(
            "they do not know: on one of them (10.0.0.1:2377, 10.0.0.2:2377) run 'swarm node demote"
                + " h3' and then 'swarm node rm --force h3'. Until then it counts for their"
                + " majority.");
    assertThat(Farewell.untold("they do not know", "h3", false, others))
        .endsWith("run 'swarm node rm --force h3'.");
  }
}
