package swarm.network.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.network.nft.Change;
import swarm.network.nft.NftClient.RawRule;
import swarm.network.nft.NftText;

class DockerUserChainTest {
  private static final RawRule FROM = new RawRule(7, "swarm: from swarm0", false);
  private static final RawRule TO = new RawRule(8, "swarm: to swarm0", false);
  private static final RawRule OF_USERS = new RawRule(9, "", false);
  private static final RawRule RETURN = new RawRule(11, "", true);

  private static String text(List<Change> changes) {
    return NftText.render(changes).strip();
  }

  @Test
  void whatIsMissingIsPutBehindUsersRulesAndBeforeTheReturn() {
    assertThat(text(DockerUserChain.admission(List.of(OF_USERS, TO, RETURN), List.of("swarm0"))))
        .isEqualTo(
            "insert rule ip filter DOCKER-USER handle 11 iifname \"swarm0\" accept"
                + " comment \"swarm: from swarm0\"");
  }

  @Test
  void withoutTheReturnAtTheEndItIsPutThere() {
    String expected =
        "add rule ip filter DOCKER-USER iifname \"swarm0\" accept comment \"swarm: from swarm0\"";
    assertThat(text(DockerUserChain.admission(List.of(RETURN, OF_USERS, TO), List.of("swarm0"))))
        .isEqualTo(expected);
    assertThat(text(DockerUserChain.admission(List.of(TO), List.of("swarm0")))).isEqualTo(expected);
  }

  @Test
  void whatIsThereStays() {
    assertThat(DockerUserChain.admission(List.of(FROM, TO, OF_USERS), List.of("swarm0"))).isEmpty();
  }

  @Test
  void onlyRulesOfTheBridgeThatIsGoneGo() {
    var other = new RawRule(10, "swarm: from br-0123456789ab", false);
    assertThat(
            text(DockerUserChain.dismissal(List.of(FROM, OF_USERS, other, TO), List.of("swarm0"))))
        .isEqualTo(
            """
            delete rule ip filter DOCKER-USER handle 7
            delete rule ip filter DOCKER-USER handle 8""");
  }
}
