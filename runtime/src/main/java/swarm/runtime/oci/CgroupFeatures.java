package swarm.runtime.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What of Docker's limits the kernel of a host can hold.
///
/// @param unified whether it has cgroup v2
/// @param swap whether swap is limited
/// @param swappiness whether it is set per container
/// @param oomControl whether processes can be made to wait where memory is short
/// @param realtime whether the real-time scheduler has limits
/// @param blockWeight whether disks are shared by weight
/// @param blockWeightDevices whether by weights of single disks
/// @param blockThrottle whether single disks have limits
/// @param cpus that may be used, such as `0-3`
/// @param mems memory nodes, likewise
public record CgroupFeatures(
    boolean unified,
    boolean swap,
    boolean swappiness,
    boolean oomControl,
    boolean realtime,
    boolean blockWeight,
    boolean blockWeightDevices,
    boolean blockThrottle,
    String cpus,
    String mems) {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /// Looks at this host.
  public static CgroupFeatures read() throws IOException {
    if (has("cgroup.controllers")) {
      boolean io = text("cgroup.controllers").contains("io");
      return new CgroupFeatures(
          true,
          true,
          false,
          false,
          false,
          io,
          io,
          io,
          text("cpuset.cpus.effective"),
          text("cpuset.mems.effective"));
    }
    return new CgroupFeatures(
        false,
        has("memory/memory.memsw.limit_in_bytes"),
        has("memory/memory.swappiness"),
        has("memory/memory.oom_control"),
        has("cpu/cpu.rt_period_us"),
        has("blkio/blkio.weight"),
        has("blkio/blkio.weight_device"),
        has("blkio/blkio.throttle.read_bps_device"),
        text("cpuset/cpuset.cpus"),
        text("cpuset/cpuset.mems"));
  }

  private static boolean has(String file) {
    return Files.exists(ROOT.resolve(file));
  }

  private static String text(String file) throws IOException {
    return has(file) ? Files.readString(ROOT.resolve(file), StandardCharsets.US_ASCII).strip() : "";
  }
}
