package swarm.network.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.network.balance.SilentHosts.Answer;
import swarm.network.balance.SilentHosts.Doubt;

class SilentHostsTest {
  private static final Doubt ONE = new Doubt(1, false);
  private static final Doubt TWO = new Doubt(2, false);
  private static final Doubt DEAD = new Doubt(1, true);
  private final SilentHosts hosts = new SilentHosts();

  @Test
  void twoObserversAndNoAnswer() {
    hosts.look(Map.of("m1", ONE), 0);
    assertThat(hosts.toProbe(0)).containsExactly("m1");
    assertThat(hosts.toProbe(1)).as("one at a time").isEmpty();
    assertThat(hosts.nextProbe()).isEmpty();
    hosts.answered("m1", Answer.SILENT, 0, 320);
    assertThat(hosts.silent()).as("one observer").isEmpty();
    hosts.look(Map.of("m1", TWO), 400);
    assertThat(hosts.silent()).containsExactly("m1");
    assertThat(hosts.toProbe(5_000)).isEmpty();
    assertThat(hosts.nextProbe()).hasValue(5_320);
    assertThat(hosts.toProbe(5_320)).containsExactly("m1");
  }

  @Test
  void gossipsConclusionIsEnoughWhereFewerCanSee() {
    hosts.look(Map.of("m1", DEAD), 0);
    assertThat(hosts.silent()).as("before it was asked").isEmpty();
    assertThat(hosts.toProbe(0)).containsExactly("m1");
    hosts.answered("m1", Answer.SILENT, 0, 320);
    assertThat(hosts.silent()).containsExactly("m1");
  }

  @Test
  void whoIsWellAgainIsBackAtOnce() {
    silent("m1");
    hosts.look(Map.of(), 400);
    assertThat(hosts.silent()).isEmpty();
    hosts.look(Map.of("m1", TWO), 500);
    assertThat(hosts.silent()).as("suspected anew").isEmpty();
    hosts.answered("m1", Answer.SILENT, 400, 510);
    assertThat(hosts.silent()).as("an answer from before").isEmpty();
  }

  private void silent(String member) {
    hosts.look(Map.of(member, TWO), 0);
    assertThat(hosts.toProbe(0)).containsExactly(member);
    hosts.answered(member, Answer.SILENT, 0, 320);
    assertThat(hosts.silent()).containsExactly(member);
  }

  @Test
  void aHostWithoutADaemonIsThere() {
    hosts.look(Map.of("m1", DEAD), 0);
    assertThat(hosts.toProbe(0)).containsExactly("m1");
    hosts.answered("m1", Answer.REFUSED, 0, 1);
    assertThat(hosts.silent()).isEmpty();
    assertThat(hosts.toProbe(1_001)).as("it may be lost yet").containsExactly("m1");
    hosts.answered("m1", Answer.SILENT, 1_001, 1_321);
    assertThat(hosts.silent()).containsExactly("m1");
  }

  @Test
  void aHostThatWasSilentIsBackWithItsDaemonOnly() {
    silent("m1");
    assertThat(hosts.toProbe(6_000)).containsExactly("m1");
    hosts.answered("m1", Answer.REFUSED, 6_000, 6_001);
    assertThat(hosts.silent()).as("started again, without containers").containsExactly("m1");
    assertThat(hosts.toProbe(7_001)).containsExactly("m1");
    hosts.answered("m1", Answer.ANSWERED, 7_001, 7_002);
    assertThat(hosts.silent()).isEmpty();
  }

  @Test
  void theFirstSuspectedIsInFrontAndProbesAreBounded() {
    var all = new TreeMap<String, Doubt>();
    hosts.look(Map.of("z", TWO), 0);
    all.put("z", TWO);
    for (int i = 0; i < 100; i++) {
      all.put("m%03d".formatted(i), TWO);
    }
    hosts.look(all, 1);
    var asked = hosts.toProbe(1);
    assertThat(asked).hasSize(SilentHosts.MOST_PROBES);
    assertThat(hosts.nextProbe()).as("not before an answer").isEmpty();
    hosts.answered(asked.getFirst(), Answer.SILENT, 1, 2);
    assertThat(hosts.nextProbe()).isPresent();
    for (int at = 2; hosts.silent().size() < all.size(); at++) {
      asked.forEach(id -> hosts.answered(id, Answer.SILENT, 1, 2));
      asked = hosts.toProbe(at);
    }
    assertThat(hosts.silent()).startsWith("z", "m000", "m001");
  }
}
