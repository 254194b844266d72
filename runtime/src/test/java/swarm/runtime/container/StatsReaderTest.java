package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import swarm.runtime.container.ContainerStats.BlockIo.Entry;

class StatsReaderTest {
  @Test
  void disksOfBothKindsOfCgroups() {
    assertThat(StatsReader.hierarchyIo("8:0 Read 4096\n8:0 Write 512\nTotal 4608\n"))
        .containsExactly(new Entry(8, 0, "Read", 4096), new Entry(8, 0, "Write", 512));
    assertThat(
            StatsReader.unifiedIo(
                "254:16 rbytes=4096 wbytes=512 rios=1 wios=2 dbytes=0 dios=0\n7:1\n"))
        .containsExactly(new Entry(254, 16, "read", 4096), new Entry(254, 16, "write", 512));
  }

  @Test
  void memoryInDetail() {
    assertThat(StatsReader.details("cache 1\ntotal_inactive_file 2\n"))
        .containsEntry("cache", 1L)
        .containsEntry("total_inactive_file", 2L)
        .hasSize(2);
  }
}
