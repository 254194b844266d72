package swarm.runtime.oci;

import java.util.List;

/// Limits of a container, as Docker's API has them; 0 and the empty string mean "not limited".
///
/// @param memoryBytes hard limit
/// @param memorySwapBytes memory and swap together; -1 for swap without limit
/// @param memoryReservationBytes soft limit
/// @param nanoCpus CPUs in units of 10^-9
/// @param cpuShares relative weight, 1024 being usual
/// @param cpuQuotaMicros CPU time per period; used where `nanoCpus` is 0
/// @param cpuPeriodMicros the period; 100,000 where 0
/// @param cpusetCpus such as `0-2,4`
/// @param cpusetMems NUMA nodes, likewise
/// @param pidsLimit processes and threads; 0 or less for no limit
/// @param ulimits per-process limits
/// @param devices extra devices
public record Resources(
    long memoryBytes,
    long memorySwapBytes,
    long memoryReservationBytes,
    long nanoCpus,
    long cpuShares,
    long cpuQuotaMicros,
    long cpuPeriodMicros,
    String cpusetCpus,
    String cpusetMems,
    long pidsLimit,
    List<Ulimit> ulimits,
    List<DeviceMapping> devices) {
  /// No limits at all.
  public static final Resources UNLIMITED =
      new Resources(0, 0, 0, 0, 0, 0, 0, "", "", 0, List.of(), List.of());

  public Resources {
    ulimits = List.copyOf(ulimits);
    devices = List.copyOf(devices);
  }

  /// These with another memory limit.
  public Resources withMemoryBytes(long bytes) {
    return new Resources(
        bytes,
        memorySwapBytes,
        memoryReservationBytes,
        nanoCpus,
        cpuShares,
        cpuQuotaMicros,
        cpuPeriodMicros,
        cpusetCpus,
        cpusetMems,
        pidsLimit,
        ulimits,
        devices);
  }

  /// These with another CPU limit, in 10^-9 CPUs.
  public Resources withNanoCpus(long nano) {
    return new Resources(
        memoryBytes,
        memorySwapBytes,
        memoryReservationBytes,
        nano,
        cpuShares,
        cpuQuotaMicros,
        cpuPeriodMicros,
        cpusetCpus,
        cpusetMems,
        pidsLimit,
        ulimits,
        devices);
  }

  /// These with another limit of processes.
  public Resources withPidsLimit(long pids) {
    return new Resources(
        memoryBytes,
        memorySwapBytes,
        memoryReservationBytes,
        nanoCpus,
        cpuShares,
        cpuQuotaMicros,
        cpuPeriodMicros,
        cpusetCpus,
        cpusetMems,
        pids,
        ulimits,
        devices);
  }

  /// These with other per-process limits.
  public Resources withUlimits(List<Ulimit> limits) {
    return new Resources(
        memoryBytes,
        memorySwapBytes,
        memoryReservationBytes,
        nanoCpus,
        cpuShares,
        cpuQuotaMicros,
        cpuPeriodMicros,
        cpusetCpus,
        cpusetMems,
        pidsLimit,
        limits,
        devices);
  }
}
