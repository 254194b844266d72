package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import swarm.raft.engine.DiskSpace.Levels;

class DiskSpaceTest {
  private static final long MIB = 1024 * 1024;

  @Test
  void aSmallDiskKeepsATenthALargeOne64MiB() {
    assertThat(Levels.of(100 * MIB)).isEqualTo(new Levels(10 * MIB, 15 * MIB));
    assertThat(Levels.of(1L << 40)).isEqualTo(new Levels(64 * MIB, 96 * MIB));
  }

  @Test
  void itDoesNotFlapOnTheEdge() {
    var free = new AtomicLong(100);
    var space = new DiskSpace(new Levels(10, 15), free::get);
    assertThat(space.isFull()).isFalse();
    free.set(9);
    assertThat(space.look()).isTrue();
    assertThat(space.why().orElseThrow()).contains("9 bytes are free, and 15 must be");
    free.set(14);
    assertThat(space.look()).isFalse();
    assertThat(space.isFull()).isTrue();
    free.set(15);
    assertThat(space.look()).isTrue();
    assertThat(space.why()).isEmpty();
    free.set(10);
    assertThat(space.look()).isFalse();
    assertThat(space.isFull()).isFalse();
  }

  @Test
  void theLastQuarterIsForElections() {
    var free = new AtomicLong(3);
    var space = new DiskSpace(new Levels(12, 18), free::get);
    assertThat(space.isFull()).isTrue();
    assertThat(space.isCritical()).isFalse();
    free.set(2);
    assertThat(space.look()).isFalse();
    assertThat(space.isCritical()).isTrue();
  }

  @Test
  void whatIsWrittenLeavesTheRest() {
    var space = new DiskSpace(new Levels(10, 15), () -> 100);
    assertThat(space.hasRoomFor(90)).isTrue();
    assertThat(space.hasRoomFor(91)).isFalse();
  }
}
