package swarm.runtime.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a container may use, as the OCI runtime specification has it (`linux.resources`): in
/// `config.json`, and for a runtime's `update`. Pure.
public final class SpecLimits {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long DEFAULT_CPU_PERIOD_MICROS = 100_000;

  private SpecLimits() {}

  /// The part of `linux.resources` that can be changed while a container runs.
  public static ObjectNode of(Resources limits, HostFacts host) {
    ObjectNode json = JSON.createObjectNode();
    ObjectNode memory = memory(limits, host);
    if (!memory.isEmpty()) {
      json.set("memory", memory);
    }
    ObjectNode cpu = cpu(limits);
    if (!cpu.isEmpty()) {
      json.set("cpu", cpu);
    }
    if (limits.pidsLimit() > 0) {
      json.putObject("pids").put("limit", limits.pidsLimit());
    }
    if (limits.blockIo().weight() > 0) {
      json.putObject("blockIO").put("weight", limits.blockIo().weight());
    }
    return json;
  }

  /// What changes one set of limits into another while a container runs: what was there and is no
  /// more must be said.
  public static ObjectNode changes(Resources before, Resources after, HostFacts host) {
    ObjectNode json = of(after, host);
    if (before.pidsLimit() > 0 && after.pidsLimit() <= 0) {
      json.putObject("pids").put("limit", -1);
    }
    return json;
  }

  private static ObjectNode memory(Resources limits, HostFacts host) {
    ObjectNode memory = JSON.createObjectNode();
    if (limits.memoryBytes() > 0) {
      memory.put("limit", limits.memoryBytes());
    }
    if (limits.memoryReservationBytes() > 0) {
      memory.put("reservation", limits.memoryReservationBytes());
    }
    if (host.swapAccounting()) {
      if (limits.memorySwapBytes() != 0) {
        memory.put("swap", limits.memorySwapBytes());
      } else if (limits.memoryBytes() > 0) {
        memory.put("swap", Resources.usualSwapBytes(limits.memoryBytes()));
      }
    }
    Long swappiness = limits.memorySwappiness();
    if (swappiness != null && !host.cgroupV2()) {
      memory.put("swappiness", swappiness);
    }
    if (limits.oomKillDisable() && !host.cgroupV2()) {
      memory.put("disableOOMKiller", true);
    }
    return memory;
  }

  private static ObjectNode cpu(Resources limits) {
    ObjectNode cpu = JSON.createObjectNode();
    if (limits.cpuShares() > 0) {
      cpu.put("shares", limits.cpuShares());
    }
    long period =
        limits.cpuPeriodMicros() > 0 ? limits.cpuPeriodMicros() : DEFAULT_CPU_PERIOD_MICROS;
    if (limits.nanoCpus() > 0) {
      cpu.put("period", DEFAULT_CPU_PERIOD_MICROS);
      cpu.put("quota", limits.nanoCpus() * DEFAULT_CPU_PERIOD_MICROS / 1_000_000_000L);
    } else if (limits.cpuQuotaMicros() != 0 || limits.cpuPeriodMicros() > 0) {
      cpu.put("period", period);
      if (limits.cpuQuotaMicros() != 0) {
        cpu.put("quota", limits.cpuQuotaMicros());
      }
    }
    if (limits.realtimePeriodMicros() > 0) {
      cpu.put("realtimePeriod", limits.realtimePeriodMicros());
    }
    if (limits.realtimeRuntimeMicros() > 0) {
      cpu.put("realtimeRuntime", limits.realtimeRuntimeMicros());
    }
    if (!limits.cpusetCpus().isEmpty()) {
      cpu.put("cpus", limits.cpusetCpus());
    }
    if (!limits.cpusetMems().isEmpty()) {
      cpu.put("mems", limits.cpusetMems());
    }
    return cpu;
  }
}
