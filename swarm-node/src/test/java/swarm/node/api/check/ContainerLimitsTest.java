package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.node.api.error.ApiException;
import swarm.runtime.oci.BlockIo;
import swarm.runtime.oci.CgroupFeatures;
import swarm.runtime.oci.Resources;

class ContainerLimitsTest {
  private static final CgroupFeatures NOTHING =
      new CgroupFeatures(true, false, false, false, false, false, false, false, "", "");

  @Test
  void whatTheKernelCannotHoldIsLeftOutAndSaid() throws ApiException {
    List<BlockIo.Device> rates = List.of(new BlockIo.Device("/dev/sda", 1));
    Resources asked =
        Resources.UNLIMITED.toBuilder()
            .memoryBytes(8 << 20)
            .memorySwappiness(10L)
            .oomKillDisable(true)
            .blockIo(new BlockIo(10, rates, rates, List.of(), List.of(), rates))
            .build();

    ContainerLimits.Checked checked = ContainerLimits.check(asked, 2, NOTHING, false);

    assertThat(checked.resources())
        .isEqualTo(
            Resources.UNLIMITED.toBuilder().memoryBytes(8 << 20).memorySwapBytes(-1).build());
    assertThat(checked.warnings())
        .containsExactly(
            "Your kernel does not support swap limit capabilities or the cgroup is not mounted."
                + " Memory limited without swap.",
            "Your kernel does not support memory swappiness capabilities or the cgroup is not"
                + " mounted. Memory swappiness discarded.",
            "Your kernel does not support OomKillDisable. OomKillDisable discarded.",
            "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight"
                + " discarded.",
            "Your kernel does not support Block I/O weight_device or the cgroup is not mounted."
                + " Weight-device discarded.",
            "Your kernel does not support BPS Block I/O read limit or the cgroup is not mounted."
                + " Block I/O BPS read limit discarded.",
            "Your kernel does not support IOPS Block I/O write limit or the cgroup is not mounted."
                + " Block I/O IOPS write limit discarded.");
  }

  @Test
  void listsOfNumbers() {
    assertThat(ContainerLimits.numbers("0-2,4").orElseThrow()).hasToString("{0, 1, 2, 4}");
    for (String bad : List.of("", "a", "2-1", "1,", "-1", "1-2-3")) {
      assertThat(ContainerLimits.numbers(bad)).as(bad).isEmpty();
    }
  }
}
