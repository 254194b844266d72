package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeashTest {
  private static final Leash LEASH = new Leash(Map.of("short", 90_000L, "none", 0L));

  @Test
  void endsWhenItsServiceSays() {
    assertThat(LEASH.ended("short", Duration.ofMillis(89_999))).isFalse();
    assertThat(LEASH.ended("short", Duration.ofSeconds(90))).isTrue();
    assertThat(LEASH.ended("none", Duration.ofMillis(1))).isTrue();
  }

  @Test
  void servicesThatDoNotSayKeepTheirTasks() {
    assertThat(LEASH.ended("other", Duration.ofDays(365))).isFalse();
    assertThat(Leash.NONE.ended("short", Duration.ofDays(365))).isFalse();
  }

  @Test
  void saysWhy() {
    assertThat(LEASH.why("short")).contains("no manager was reached for 1M30S");
  }
}
