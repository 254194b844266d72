package swarm.runtime.oci;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
/// @param memorySwappiness 0 to 100, with cgroup v1 alone; null for the host's
/// @param oomKillDisable whether processes wait rather than die where memory is short; v1 alone
/// @param realtimePeriodMicros period of the real-time scheduler; v1 alone
/// @param realtimeRuntimeMicros real-time CPU time per period; v1 alone
/// @param blockIo limits of disks
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
    List<DeviceMapping> devices,
    @Nullable Long memorySwappiness,
    boolean oomKillDisable,
    long realtimePeriodMicros,
    long realtimeRuntimeMicros,
    BlockIo blockIo) {
  /// No limits at all.
  public static final Resources UNLIMITED =
      new Resources(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          "",
          "",
          0,
          List.of(),
          List.of(),
          null,
          false,
          0,
          0,
          BlockIo.UNLIMITED);

  // A component that is missing in a file of an older version is null here.
  public Resources {
    ulimits = List.copyOf(ulimits);
    devices = List.copyOf(devices);
    blockIo = blockIo == null ? BlockIo.UNLIMITED : blockIo;
  }

  /// Memory and swap together where only memory is limited: as much swap as memory, as Docker has
  /// it.
  public static long usualSwapBytes(long memoryBytes) {
    return memoryBytes > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : 2 * memoryBytes;
  }

  /// A builder that starts from this.
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// These with another memory limit.
  public Resources withMemoryBytes(long bytes) {
    return toBuilder().memoryBytes(bytes).build();
  }

  /// These with another CPU limit, in 10^-9 CPUs.
  public Resources withNanoCpus(long nano) {
    return toBuilder().nanoCpus(nano).build();
  }

  /// These with another limit of processes.
  public Resources withPidsLimit(long pids) {
    return toBuilder().pidsLimit(pids).build();
  }

  /// These with other per-process limits.
  public Resources withUlimits(List<Ulimit> limits) {
    return toBuilder().ulimits(limits).build();
  }

  /// Collects the components; each method returns the builder. For one thread.
  public static final class Builder {
    private long memoryBytes;
    private long memorySwapBytes;
    private long memoryReservationBytes;
    private long nanoCpus;
    private long cpuShares;
    private long cpuQuotaMicros;
    private long cpuPeriodMicros;
    private String cpusetCpus;
    private String cpusetMems;
    private long pidsLimit;
    private List<Ulimit> ulimits;
    private List<DeviceMapping> devices;
    private @Nullable Long memorySwappiness;
    private boolean oomKillDisable;
    private long realtimePeriodMicros;
    private long realtimeRuntimeMicros;
    private BlockIo blockIo;

    private Builder(Resources from) {
      memoryBytes = from.memoryBytes;
      memorySwapBytes = from.memorySwapBytes;
      memoryReservationBytes = from.memoryReservationBytes;
      nanoCpus = from.nanoCpus;
      cpuShares = from.cpuShares;
      cpuQuotaMicros = from.cpuQuotaMicros;
      cpuPeriodMicros = from.cpuPeriodMicros;
      cpusetCpus = from.cpusetCpus;
      cpusetMems = from.cpusetMems;
      pidsLimit = from.pidsLimit;
      ulimits = from.ulimits;
      devices = from.devices;
      memorySwappiness = from.memorySwappiness;
      oomKillDisable = from.oomKillDisable;
      realtimePeriodMicros = from.realtimePeriodMicros;
      realtimeRuntimeMicros = from.realtimeRuntimeMicros;
      blockIo = from.blockIo;
    }

    /// Sets memoryBytes: hard limit.
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /// Sets memorySwapBytes: memory and swap together; -1 for swap without limit.
    public Builder memorySwapBytes(long value) {
      memorySwapBytes = value;
      return this;
    }

    /// Sets memoryReservationBytes: soft limit.
    public Builder memoryReservationBytes(long value) {
      memoryReservationBytes = value;
      return this;
    }

    /// Sets nanoCpus: CPUs in units of 10^-9.
    public Builder nanoCpus(long value) {
      nanoCpus = value;
      return this;
    }

    /// Sets cpuShares: relative weight, 1024 being usual.
    public Builder cpuShares(long value) {
      cpuShares = value;
      return this;
    }

    /// Sets cpuQuotaMicros: CPU time per period; used where `nanoCpus` is 0.
    public Builder cpuQuotaMicros(long value) {
      cpuQuotaMicros = value;
      return this;
    }

    /// Sets cpuPeriodMicros: the period; 100,000 where 0.
    public Builder cpuPeriodMicros(long value) {
      cpuPeriodMicros = value;
      return this;
    }

    /// Sets cpusetCpus: such as `0-2,4`.
    public Builder cpusetCpus(String value) {
      cpusetCpus = value;
      return this;
    }

    /// Sets cpusetMems: NUMA nodes, likewise.
    public Builder cpusetMems(String value) {
      cpusetMems = value;
      return this;
    }

    /// Sets pidsLimit: processes and threads; 0 or less for no limit.
    public Builder pidsLimit(long value) {
      pidsLimit = value;
      return this;
    }

    /// Sets ulimits: per-process limits.
    public Builder ulimits(List<Ulimit> value) {
      ulimits = value;
      return this;
    }

    /// Sets devices: extra devices.
    public Builder devices(List<DeviceMapping> value) {
      devices = value;
      return this;
    }

    /// Sets memorySwappiness: 0 to 100, with cgroup v1 alone; null for the host's.
    public Builder memorySwappiness(@Nullable Long value) {
      memorySwappiness = value;
      return this;
    }

    /// Sets oomKillDisable: whether processes wait rather than die where memory is short; v1 alone.
    public Builder oomKillDisable(boolean value) {
      oomKillDisable = value;
      return this;
    }

    /// Sets realtimePeriodMicros: period of the real-time scheduler; v1 alone.
    public Builder realtimePeriodMicros(long value) {
      realtimePeriodMicros = value;
      return this;
    }

    /// Sets realtimeRuntimeMicros: real-time CPU time per period; v1 alone.
    public Builder realtimeRuntimeMicros(long value) {
      realtimeRuntimeMicros = value;
      return this;
    }

    /// Sets blockIo: limits of disks.
    public Builder blockIo(BlockIo value) {
      blockIo = value;
      return this;
    }

    /// The result.
    public Resources build() {
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
          ulimits,
          devices,
          memorySwappiness,
          oomKillDisable,
          realtimePeriodMicros,
          realtimeRuntimeMicros,
          blockIo);
    }
  }
}
