package swarm.runtime.container;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a container uses. A value that the host does not account for is 0.
///
/// @param at when it was read
/// @param cpu processor time
/// @param memory memory
/// @param processes processes and threads
/// @param pidsLimit how many it may have; 0 for no limit
/// @param blockIo disks
/// @param interfaces its network interfaces but loopback; none where it has the host's
public record ContainerStats(
    Instant at,
    Cpu cpu,
    Memory memory,
    long processes,
    long pidsLimit,
    BlockIo blockIo,
    List<Interface> interfaces) {
  public ContainerStats {
    interfaces = List.copyOf(interfaces);
  }

  /// Processor time since the container's start, in nanoseconds.
  ///
  /// @param total of all kinds
  /// @param kernel in the kernel
  /// @param user outside of it
  /// @param each of each CPU; empty with cgroup v2, which does not tell
  /// @param system of the whole machine since its start, for percentages
  /// @param online CPUs of the machine
  /// @param periods in which a limit held
  /// @param throttledPeriods in which the limit was reached
  /// @param throttled how long it was held up
  public record Cpu(
      long total,
      long kernel,
      long user,
      List<Long> each,
      long system,
      int online,
      long periods,
      long throttledPeriods,
      long throttled) {
    public Cpu {
      each = List.copyOf(each);
    }
  }

  /// Memory, in bytes.
  ///
  /// @param usage in use, the page cache counted
  /// @param maxUsage the most ever; null with cgroup v2
  /// @param failures how often the limit was hit; null with cgroup v2
  /// @param limit its limit, or the machine's memory
  /// @param details the kernel's `memory.stat`
  public record Memory(
      long usage,
      @Nullable Long maxUsage,
      @Nullable Long failures,
      long limit,
      Map<String, Long> details) {
    public Memory {
      details = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
  }

  /// Disk input and output.
  ///
  /// @param bytes read and written, by device and operation
  /// @param operations likewise; null with cgroup v2
  public record BlockIo(List<Entry> bytes, @Nullable List<Entry> operations) {
    /// @param operation `Read` or `Write` with cgroup v1, also `Sync` and others; `read` or `write`
    ///   with v2
    public record Entry(long major, long minor, String operation, long value) {}
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
