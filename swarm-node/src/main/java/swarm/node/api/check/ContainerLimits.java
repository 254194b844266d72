package swarm.node.api.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;
import swarm.runtime.oci.BlockIo;
import swarm.runtime.oci.CgroupFeatures;
import swarm.runtime.oci.Resources;

/// What limits a container can have on a host: refused where they make no sense, left out with a
/// warning where the kernel cannot hold them. In Docker's words and order. Pure.
public final class ContainerLimits {
  private static final long MIN_MEMORY = 6L << 20;
  private static final long CPU = 1_000_000_000;
  private static final long MIN_PERIOD = 1_000;
  private static final long MAX_PERIOD = 1_000_000;
  private static final int MIN_WEIGHT = 10;
  private static final int MAX_WEIGHT = 1_000;
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
  private static final String MISSING = " or the cgroup is not mounted. ";

  /// What was asked for, as far as it can be had.
  ///
  /// @param warnings what cannot
  public record Checked(Resources resources, List<String> warnings) {}

  private final Resources asked;
  private final CgroupFeatures features;
  private final Resources.Builder kept;
  private final List<String> warnings = new ArrayList<>();

  private ContainerLimits(Resources asked, CgroupFeatures features) {
    this.asked = asked;
    this.features = features;
    this.kept = asked.toBuilder();
  }

  /// @param cpus how many this machine has
  /// @param update whether they change what a container has, so that what is 0 stays as it is
  /// @throws ApiException 400 where they make no sense
  public static Checked check(Resources asked, int cpus, CgroupFeatures features, boolean update)
      throws ApiException {
    var limits = new ContainerLimits(asked, features);
    limits.memory(update);
    limits.cpu(cpus);
    limits.cpuset();
    limits.blockIo();
    return new Checked(limits.kept.build(), limits.warnings);
  }

  private static void refuseIf(boolean bad, String why) throws ApiException {
    if (bad) {
      throw ApiException.bad(why);
    }
  }

  private void memory(boolean update) throws ApiException {
    long memory = asked.memoryBytes();
    long swap = asked.memorySwapBytes();
    long reserved = asked.memoryReservationBytes();
    refuseIf(memory != 0 && memory < MIN_MEMORY, "Minimum memory limit allowed is 6MB");
    refuseIf(
        memory > 0 && swap > 0 && swap < memory,
        "Minimum memoryswap limit should be larger than memory limit, see usage");
    refuseIf(
        memory == 0 && swap > 0 && !update,
        "You should always set the Memory limit when using Memoryswap limit, see usage");
    if (memory > 0 && swap != -1 && !features.swap()) {
      warnings.add(
          "Your kernel does not support swap limit capabilities"
              + MISSING
              + "Memory limited without swap.");
      kept.memorySwapBytes(-1);
    } else if (memory > 0 && swap == 0 && !update) {
      kept.memorySwapBytes(Resources.usualSwapBytes(memory));
    }
    Long swappiness = asked.memorySwappiness();
    if (swappiness != null) {
      refuseIf(
          swappiness < 0 || swappiness > 100,
          "Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
      if (!features.swappiness()) {
        warnings.add(
            "Your kernel does not support memory swappiness capabilities"
                + MISSING
                + "Memory swappiness discarded.");
        kept.memorySwappiness(null);
      }
    }
    refuseIf(reserved != 0 && reserved < MIN_MEMORY, "Minimum memory reservation allowed is 6MB");
    refuseIf(
        memory > 0 && reserved > memory,
        "Minimum memory limit can not be less than memory reservation limit, see usage");
    oomKill();
  }

  private void oomKill() {
    if (!asked.oomKillDisable()) {
      return;
    }
    if (!features.oomControl()) {
      warnings.add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
      kept.oomKillDisable(false);
    } else if (asked.memoryBytes() == 0) {
      warnings.add(
          "OOM killer is disabled for the container, but no memory limit is set, this can result"
              + " in the system running out of resources.");
    }
  }

  private void cpu(int cpus) throws ApiException {
    long nanos = asked.nanoCpus();
    long period = asked.cpuPeriodMicros();
    long quota = asked.cpuQuotaMicros();
    refuseIf(
        nanos > 0 && period > 0,
        "Conflicting options: Nano CPUs and CPU Period cannot both be set");
    refuseIf(
        nanos > 0 && quota > 0, "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
    refuseIf(
        nanos < 0 || nanos > cpus * CPU,
        "Range of CPUs is from 0.01 to "
            + cpus
            + ".00, as there are only "
            + cpus
            + " CPUs available");
    refuseIf(
        period != 0 && (period < MIN_PERIOD || period > MAX_PERIOD),
        "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
    refuseIf(quota > 0 && quota < MIN_PERIOD, "CPU cfs quota can not be less than 1ms (i.e. 1000)");
    boolean realtime = asked.realtimePeriodMicros() != 0 || asked.realtimeRuntimeMicros() != 0;
    refuseIf(
        realtime && !features.realtime(), "Your kernel does not support CPU real-time scheduler");
    refuseIf(
        asked.realtimeRuntimeMicros() > asked.realtimePeriodMicros()
            && asked.realtimePeriodMicros() != 0,
        "cpu real-time runtime cannot be higher than cpu real-time period");
  }

  private void cpuset() throws ApiException {
    within(asked.cpusetCpus(), features.cpus(), "cpuset cpus", "CPUs");
    within(asked.cpusetMems(), features.mems(), "cpuset mems", "memory nodes");
  }

  private static void within(String wanted, String available, String option, String things)
      throws ApiException {
    if (wanted.isEmpty() || available.isEmpty()) {
      return;
    }
    Optional<BitSet> numbers = numbers(wanted);
    refuseIf(
        numbers.isEmpty(),
        "Invalid value " + wanted + " for " + option + ": invalid format: " + wanted);
    BitSet beyond = numbers.orElseThrow();
    beyond.andNot(numbers(available).orElse(new BitSet()));
    refuseIf(
        !beyond.isEmpty(),
        "Requested "
            + things
            + " are not available - requested "
            + wanted
            + ", available: "
            + available);
  }

  /// `0-2,4`; empty where it is something else.
  static Optional<BitSet> numbers(String list) {
    var numbers = new BitSet();
    for (String part : list.split(",", -1)) {
      Matcher m = RANGE.matcher(part);
      if (!m.matches()) {
        return Optional.empty();
      }
      int first = Integer.parseInt(m.group(1));
      int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
      if (last < first) {
        return Optional.empty();
      }
      numbers.set(first, last + 1);
    }
    return Optional.of(numbers);
  }

  private void blockIo() throws ApiException {
    BlockIo io = asked.blockIo();
    refuseIf(
        io.weight() != 0 && (io.weight() < MIN_WEIGHT || io.weight() > MAX_WEIGHT),
        "Range of blkio weight is from 10 to 1000");
    int weight = io.weight();
    if (weight > 0 && !features.blockWeight()) {
      warnings.add("Your kernel does not support Block I/O weight" + MISSING + "Weight discarded.");
      weight = 0;
    }
    List<BlockIo.Device> weights = io.weightDevices();
    if (!weights.isEmpty() && !features.blockWeightDevices()) {
      warnings.add(
          "Your kernel does not support Block I/O weight_device"
              + MISSING
              + "Weight-device discarded.");
      weights = List.of();
    }
    kept.blockIo(
        new BlockIo(
            weight,
            weights,
            throttle(io.readBps(), "BPS", "read"),
            throttle(io.writeBps(), "BPS", "write"),
            throttle(io.readIops(), "IOPS", "read"),
            throttle(io.writeIops(), "IOPS", "write")));
  }

  private List<BlockIo.Device> throttle(List<BlockIo.Device> rates, String unit, String what) {
    if (rates.isEmpty() || features.blockThrottle()) {
      return rates;
    }
    warnings.add(
        "Your kernel does not support "
            + unit
            + " Block I/O "
            + what
            + " limit"
            + MISSING
            + "Block I/O "
            + unit
            + " "
            + what
            + " limit discarded.");
    return List.of();
  }
}
