package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.GossipKey;

class GossipKeyringTest {
  private static final Instant T0 = Instant.parse("2026-01-02T03:04:05Z");

  private List<GossipKey> keys = List.of();
  private int made;

  private List<GossipKey> after(Duration time, boolean renew) {
    keys = GossipKeyring.next(keys, renew, T0.plus(time), () -> "fresh" + ++made).orElse(keys);
    return keys;
  }

  @Test
  void aClusterBeginsWithOneKey() {
    assertThat(after(Duration.ZERO, false)).containsExactly(new GossipKey(1, "fresh1", true, T0));
    assertThat(after(GossipKeyring.LIFE, false)).hasSize(1);
  }

  @Test
  void aNewKeyIsKnownBeforeItIsUsedAndTheOldOneIsKeptForAWhile() {
    after(Duration.ZERO, false);
    Duration now = GossipKeyring.LIFE.plusSeconds(1);
    assertThat(after(now, false)).extracting(GossipKey::sends).containsExactly(true, false);
    assertThat(after(now.plusSeconds(4), true)).extracting(GossipKey::id).containsExactly(1, 2);
    now = now.plus(GossipKeyring.ANNOUNCED);
    assertThat(after(now, false)).extracting(GossipKey::sends).containsExactly(false, true);
    assertThat(after(now.plus(GossipKeyring.KEPT), false)).hasSize(2);
    assertThat(after(now.plus(GossipKeyring.KEPT).plusSeconds(1), false))
        .extracting(GossipKey::key)
        .containsExactly("fresh2");
  }

  @Test
  void whoeverLeavesTakesNoKeyAlongThatIsUsed() {
    after(Duration.ZERO, false);
    assertThat(after(Duration.ofSeconds(1), true)).hasSize(2);
    assertThat(keys.toString()).doesNotContain("fresh");
  }
}
