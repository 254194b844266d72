package swarm.runtime.container;

import java.util.List;

/// What a container uses. A value that the host does not account for is 0.
///
/// @param memoryBytes in use, page cache that can be dropped at once not counted
/// @param memoryLimitBytes its limit, or the machine's memory
/// @param cpuNanos CPU time since its start
/// @param systemCpuNanos CPU time of the whole machine since its start, for percentages
/// @param onlineCpus CPUs of the machine
/// @param processes processes and threads
/// @param pidsLimit how many it may have; 0 for no limit
/// @param blockReadBytes read from disks
/// @param blockWriteBytes written to disks
/// @param interfaces its network interfaces but loopback
public record ContainerStats(
    long memoryBytes,
    long memoryLimitBytes,
    long cpuNanos,
    long systemCpuNanos,
    int onlineCpus,
    long processes,
    long pidsLimit,
    long blockReadBytes,
    long blockWriteBytes,
    List<Interface> interfaces) {
  public ContainerStats {
    interfaces = List.copyOf(interfaces);
  }

  /// Counters of one network interface.
  public record Interface(
      String name,
      long receivedBytes,
      long receivedPackets,
      long receivedErrors,
      long receivedDropped,
      long sentBytes,
      long sentPackets,
      long sentErrors,
      long sentDropped) {}
}
