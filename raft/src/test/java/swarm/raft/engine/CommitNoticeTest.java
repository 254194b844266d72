package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommitNoticeTest {
  private static final long PAUSE = CommitNotice.PAUSE_NANOS;
  private static final long STEADY = CommitNotice.STEADY_NANOS;

  private long now = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(20); // it overflows
  private final CommitNotice notice = new CommitNotice(now);

  /// A batch of entries that says the index before theirs, answered at once.
  private void entries(long commit) {
    notice.sent(true, now);
    notice.told(commit);
  }

  @Test
  void whoKnowsAllIsToldNothing() {
    entries(7);
    assertThat(notice.left(7, now)).isEqualTo(Long.MAX_VALUE);
    assertThat(notice.left(6, now)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whoNeverAnsweredIsToldNothing() {
    notice.sent(true, now);
    assertThat(notice.left(7, now)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anEntryThatComesAloneIsToldSoon() {
    entries(7);
    assertThat(notice.left(8, now)).isEqualTo(PAUSE);
    now += PAUSE - 1;
    assertThat(notice.left(8, now)).isEqualTo(1);
    assertThat(notice.left(9, now)).as("the first counts").isEqualTo(1);
    now += 1;
    assertThat(notice.left(9, now)).isZero();
  }

  @Test
  void whereEntriesFollowOneAnotherTheNextTellsIt() {
    entries(7);
    now += STEADY;
    entries(8);
    assertThat(notice.left(9, now)).isEqualTo(STEADY);
    now += STEADY - 1;
    assertThat(notice.left(9, now)).isEqualTo(1);
    entries(9);
    assertThat(notice.left(10, now)).as("and it begins anew").isEqualTo(STEADY);
    now += STEADY + 1;
    entries(10);
    assertThat(notice.left(11, now)).as("until they do not").isEqualTo(PAUSE);
  }

  @Test
  void aHeartbeatIsNoEntry() {
    entries(7);
    now += STEADY + 1;
    notice.sent(false, now);
    notice.told(8);
    now += 1;
    entries(8);
    assertThat(notice.left(9, now)).isEqualTo(PAUSE);
  }

  @Test
  void whoIsWaitedForIsToldAtOnce() {
    entries(7);
    notice.hurry();
    assertThat(notice.left(7, now)).as("what it does not know").isEqualTo(Long.MAX_VALUE);
    assertThat(notice.left(8, now)).isZero();
    notice.sent(false, now);
    notice.told(8);
    assertThat(notice.left(9, now)).as("once").isEqualTo(PAUSE);
  }
}
