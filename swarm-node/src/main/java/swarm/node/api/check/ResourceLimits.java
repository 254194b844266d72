package swarm.node.api.check;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.runtime.oci.Resources;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.ResourceRequirements.Amounts;

/// What limits make sense, in Docker's words. Pure.
public final class ResourceLimits {
  private static final long MIN_TASK_MEMORY = 4L << 20;
  private static final long MIN_CONTAINER_MEMORY = 6L << 20;
  private static final long MIN_NANO_CPUS = 1_000_000;
  private static final long CPU = 1_000_000_000;

  private ResourceLimits() {}

  /// Those of a service's task. A task may name more than this machine has: another may have it.
  static void check(ResourceRequirements resources) throws ApiException {
    Amounts limits = resources.limits();
    Amounts reserved = resources.reservations();
    checkAmounts(limits);
    checkAmounts(reserved);
    if (limits == null || reserved == null) {
      return;
    }
    long memory = or0(limits.memoryBytes());
    if (memory > 0 && or0(reserved.memoryBytes()) > memory) {
      throw Refusals.invalid(
          "memory reservation " + reserved.memoryBytes() + " is above the limit " + memory);
    }
    long nanos = or0(limits.nanoCpus());
    if (nanos > 0 && or0(reserved.nanoCpus()) > nanos) {
      throw Refusals.invalid(
          "cpu reservation "
              + cpus(or0(reserved.nanoCpus()))
              + " is above the limit "
              + cpus(nanos));
    }
  }

  private static void checkAmounts(@Nullable Amounts amounts) throws ApiException {
    if (amounts == null) {
      return;
    }
    long memory = or0(amounts.memoryBytes());
    if (memory != 0 && memory < MIN_TASK_MEMORY) {
      throw Refusals.invalid("invalid memory value " + memory + ": Must be at least 4MiB");
    }
    long nanos = or0(amounts.nanoCpus());
    if (nanos != 0 && nanos < MIN_NANO_CPUS) {
      throw Refusals.invalid(
          "invalid cpu value " + cpus(nanos) + ": Must be at least " + cpus(MIN_NANO_CPUS));
    }
    if (or0(amounts.pids()) < 0) {
      throw Refusals.invalid("invalid pids value " + amounts.pids() + ": Must not be negative");
    }
  }

  /// Those of a container on this machine.
  ///
  /// @param cpus how many this machine has
  public static void check(Resources r, int cpus) throws ApiException {
    long memory = r.memoryBytes();
    long reserved = r.memoryReservationBytes();
    if (memory != 0 && memory < MIN_CONTAINER_MEMORY) {
      throw ApiException.bad("Minimum memory limit allowed is 6MB");
    }
    if (reserved != 0 && reserved < MIN_CONTAINER_MEMORY) {
      throw ApiException.bad("Minimum memory reservation allowed is 6MB");
    }
    if (memory > 0 && reserved > memory) {
      throw ApiException.bad(
          "Minimum memory limit can not be less than memory reservation limit, see usage");
    }
    if (memory > 0 && r.memorySwapBytes() > 0 && r.memorySwapBytes() < memory) {
      throw ApiException.bad(
          "Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    if (memory == 0 && r.memorySwapBytes() > 0) {
      throw ApiException.bad(
          "You should always set the Memory limit when using Memoryswap limit, see usage");
    }
    if (r.nanoCpus() < 0 || r.nanoCpus() > cpus * CPU) {
      throw ApiException.bad(
          "Range of CPUs is from 0.01 to "
              + cpus
              + ".00, as there are only "
              + cpus
              + " CPUs available");
    }
  }

  private static String cpus(long nanos) {
    return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
  }

  private static long or0(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
