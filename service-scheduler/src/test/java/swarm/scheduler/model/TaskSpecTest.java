package swarm.scheduler.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskSpecTest {
  private static TaskSpec forced(@Nullable Long count) {
    return new TaskSpec(null, null, null, null, count, null, null, null);
  }

  @Test
  void whatDockersClientsWriteOutIsNoChange() {
    assertThat(forced(0L).forcedAs(forced(null))).isEqualTo(forced(null));
    assertThat(forced(null).forcedAs(forced(0L))).isEqualTo(forced(0L));
  }

  @Test
  void whatIsForcedIsOne() {
    assertThat(forced(1L).forcedAs(forced(null))).isEqualTo(forced(1L));
    assertThat(forced(0L).forcedAs(forced(1L))).isEqualTo(forced(0L));
    assertThat(forced(null).forcedAs(forced(2L))).isEqualTo(forced(null));
  }
}
