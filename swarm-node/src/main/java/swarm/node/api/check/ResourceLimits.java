package swarm.node.api.check;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.ResourceRequirements;
import swarm.scheduler.model.ResourceRequirements.Amounts;

/// What limits of a task make sense, in Docker's words. Pure.
public final class ResourceLimits {
  private static final long MIN_TASK_MEMORY = 4L << 20;
  private static final long MIN_NANO_CPUS = 1_000_000;

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

  private static String cpus(long nanos) {
    return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
  }

  private static long or0(@Nullable Long value) {
    return value == null ? 0 : value;
  }
}
