package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import swarm.node.api.check.ContainerLimits;
import swarm.node.api.check.ContainerOptions;
import swarm.node.api.check.ContainerShape;
import swarm.node.api.check.JsonValues;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.RestartPolicy;
import swarm.runtime.oci.CgroupFeatures;
import swarm.runtime.oci.Resources;

/// A change of a container's limits and restart policy. What is 0 or empty stays as it is, as with
/// Docker; only the limit of processes is taken away by 0 or -1. Pure.
///
/// @param limits those to be set
/// @param pids whether the limit of processes is among them
/// @param policy whether the restart policy is to be changed
/// @param restart the new one
/// @param warnings what of the limits this host cannot hold
record ContainerUpdate(
    Resources limits, boolean pids, boolean policy, RestartPolicy restart, List<String> warnings) {
  private static final Set<String> FIELDS =
      Set.of(
          "BlkioWeight",
          "CpuPeriod",
          "CpuQuota",
          "CpuRealtimePeriod",
          "CpuRealtimeRuntime",
          "CpuShares",
          "CpusetCpus",
          "CpusetMems",
          "Memory",
          "MemoryReservation",
          "MemorySwap",
          "NanoCpus",
          "PidsLimit",
          "RestartPolicy");

  /// @param cpus how many this machine has
  /// @throws ApiException 400 where the limits make no sense, 501 for what cannot be changed
  static ContainerUpdate read(JsonNode body, int cpus, CgroupFeatures features)
      throws ApiException {
    ContainerShape.checkUpdate(body);
    var odd = new TreeSet<String>();
    for (var field : body.properties()) {
      if (!FIELDS.contains(field.getKey()) && JsonValues.says(field.getValue())) {
        odd.add(field.getKey());
      }
    }
    if (!odd.isEmpty()) {
      throw ApiException.unimplemented("changing a container's " + String.join(", ", odd));
    }
    JsonNode policy = body.path("RestartPolicy");
    ContainerOptions.checkRestartPolicy(policy);
    ContainerLimits.Checked checked =
        ContainerLimits.check(ResourceFields.read(body), cpus, features, true);
    return new ContainerUpdate(
        checked.resources(),
        body.path("PidsLimit").isIntegralNumber(),
        JsonValues.says(policy.path("Name")),
        ContainerRequest.restart(policy),
        checked.warnings());
  }

  /// What the container is from now on.
  ///
  /// @throws ApiException 409 where old and new do not go together
  ContainerConfig apply(Container container) throws ApiException {
    ContainerConfig config = container.config();
    Resources now = config.resources();
    conflict(
        container,
        limits.nanoCpus() > 0 && now.cpuPeriodMicros() > 0,
        "Nano CPUs",
        "CPU Period has");
    conflict(
        container, limits.nanoCpus() > 0 && now.cpuQuotaMicros() > 0, "Nano CPUs", "CPU Quota has");
    conflict(
        container,
        limits.cpuPeriodMicros() > 0 && now.nanoCpus() > 0,
        "CPU Period",
        "NanoCPUs has");
    conflict(
        container, limits.cpuQuotaMicros() > 0 && now.nanoCpus() > 0, "CPU Quota", "NanoCPUs has");
    if (limits.memoryBytes() > now.memorySwapBytes()
        && limits.memorySwapBytes() == 0
        && now.memorySwapBytes() > 0) {
      throw refused(
          container,
          "Memory limit should be smaller than already set memoryswap limit, update the memoryswap"
              + " at the same time");
    }
    if (policy && config.autoRemove() && restart.kind() != RestartPolicy.Kind.NO) {
      throw refused(
          container,
          "Restart policy cannot be updated because AutoRemove is enabled for the container");
    }
    return config.toBuilder()
        .resources(merged(now))
        .restartPolicy(policy ? restart : config.restartPolicy())
        .build();
  }

  private static void conflict(Container container, boolean both, String wanted, String present)
      throws ApiException {
    if (both) {
      throw refused(
          container,
          "Conflicting options: "
              + wanted
              + " cannot be updated as "
              + present
              + " already been set");
    }
  }

  private static ApiException refused(Container container, String why) {
    return new ApiException(409, "Cannot update container " + container.id() + ": " + why);
  }

  private Resources merged(Resources now) {
    int weight = limits.blockIo().weight();
    return now.toBuilder()
        .memoryBytes(or(limits.memoryBytes(), now.memoryBytes()))
        .memorySwapBytes(swap(now))
        .memoryReservationBytes(or(limits.memoryReservationBytes(), now.memoryReservationBytes()))
        .nanoCpus(or(limits.nanoCpus(), now.nanoCpus()))
        .cpuShares(or(limits.cpuShares(), now.cpuShares()))
        .cpuQuotaMicros(or(limits.cpuQuotaMicros(), now.cpuQuotaMicros()))
        .cpuPeriodMicros(or(limits.cpuPeriodMicros(), now.cpuPeriodMicros()))
        .cpusetCpus(limits.cpusetCpus().isEmpty() ? now.cpusetCpus() : limits.cpusetCpus())
        .cpusetMems(limits.cpusetMems().isEmpty() ? now.cpusetMems() : limits.cpusetMems())
        .realtimePeriodMicros(or(limits.realtimePeriodMicros(), now.realtimePeriodMicros()))
        .realtimeRuntimeMicros(or(limits.realtimeRuntimeMicros(), now.realtimeRuntimeMicros()))
        .pidsLimit(pids ? Math.max(0, limits.pidsLimit()) : now.pidsLimit())
        .blockIo(weight > 0 ? now.blockIo().withWeight(weight) : now.blockIo())
        .build();
  }

  /// A limit of memory alone brings one of swap with it; what is stored is what then holds.
  private long swap(Resources now) {
    long bytes = or(limits.memorySwapBytes(), now.memorySwapBytes());
    return bytes == 0 && limits.memoryBytes() > 0
        ? Resources.usualSwapBytes(limits.memoryBytes())
        : bytes;
  }

  private static long or(long wanted, long now) {
    return wanted == 0 ? now : wanted;
  }
}
