package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.runtime.container.ContainerStats.BlockIo;
import swarm.runtime.container.ContainerStats.Cpu;
import swarm.runtime.container.ContainerStats.Memory;

/// Reads what a container uses from its cgroup (v1: kernel Documentation/admin-guide/cgroup-v1, v2:
/// cgroup-v2.rst) and from proc(5).
final class StatsReader {
  private static final long NANOS_PER_TICK = 10_000_000;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final Map<String, String> OPERATIONS = Map.of("rbytes", "read", "wbytes", "write");

  private StatsReader() {}

  /// @param ownNetwork whether its interfaces are its own, rather than the host's
  static ContainerStats read(String cgroup, int pid, boolean ownNetwork, Instant at)
      throws IOException {
    Path devices = Path.of("/proc", Integer.toString(pid), "net/dev");
    return new ContainerStats(
        at,
        cpu(cgroup),
        memory(cgroup),
        value(cgroup, "pids", "pids.current").orElse(0L),
        value(cgroup, "pids", "pids.max").orElse(0L),
        blockIo(cgroup),
        ownNetwork ? interfaces(text(devices)) : List.of());
  }

  private static Memory memory(String cgroup) throws IOException {
    long machine = field(text(Path.of("/proc/meminfo")), "MemTotal:") * 1024;
    long limit =
        first(cgroup, "memory", "memory.limit_in_bytes", "memory.max")
            .map(StatsReader::number)
            .orElse(0L);
    Optional<Long> v1 = value(cgroup, "memory", "memory.usage_in_bytes");
    return new Memory(
        v1.isPresent() ? v1.get() : value(cgroup, "memory", "memory.current").orElse(0L),
        value(cgroup, "memory", "memory.max_usage_in_bytes").orElse(null),
        value(cgroup, "memory", "memory.failcnt").orElse(null),
        limit == 0 || limit > machine ? machine : limit,
        details(first(cgroup, "memory", "memory.stat", "memory.stat").orElse("")));
  }

  /// Lines of a name and a number.
  static Map<String, Long> details(String stat) {
    Map<String, Long> all = new LinkedHashMap<>();
    for (String line : stat.lines().toList()) {
      int blank = line.indexOf(' ');
      if (blank > 0) {
        all.put(line.substring(0, blank), number(line.substring(blank)));
      }
    }
    return all;
  }

  private static Cpu cpu(String cgroup) throws IOException {
    String machine = text(Path.of("/proc/stat"));
    long system = systemCpu(machine);
    int online = (int) machine.lines().filter(line -> line.matches("cpu\\d+ .*")).count();
    String stat = first(cgroup, "cpu", "cpu.stat", "cpu.stat").orElse("");
    long periods = field(stat, "nr_periods");
    long throttledPeriods = field(stat, "nr_throttled");
    Optional<Long> v1 = value(cgroup, "cpuacct", "cpuacct.usage");
    if (v1.isEmpty()) {
      return new Cpu(
          field(stat, "usage_usec") * NANOS_PER_MICRO,
          field(stat, "system_usec") * NANOS_PER_MICRO,
          field(stat, "user_usec") * NANOS_PER_MICRO,
          List.of(),
          system,
          online,
          periods,
          throttledPeriods,
          field(stat, "throttled_usec") * NANOS_PER_MICRO);
    }
    String ticks = first(cgroup, "cpuacct", "cpuacct.stat", "").orElse("");
    String each = first(cgroup, "cpuacct", "cpuacct.usage_percpu", "").orElse("");
    return new Cpu(
        v1.get(),
        field(ticks, "system") * NANOS_PER_TICK,
        field(ticks, "user") * NANOS_PER_TICK,
        PsOutput.words(each).stream().map(StatsReader::number).toList(),
        system,
        online,
        periods,
        throttledPeriods,
        field(stat, "throttled_time"));
  }

  // The first line sums all CPUs: user nice system idle iowait irq softirq steal.
  static long systemCpu(String stat) {
    String[] fields = stat.lines().findFirst().orElse("").split(" +", -1);
    long ticks = 0;
    for (int i = 1; i < Math.min(9, fields.length); i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks * NANOS_PER_TICK;
  }

  private static BlockIo blockIo(String cgroup) throws IOException {
    Optional<String> v1 = first(cgroup, "blkio", "blkio.throttle.io_service_bytes_recursive", "");
    if (v1.isEmpty()) {
      return new BlockIo(unifiedIo(first(cgroup, "io", "", "io.stat").orElse("")), null);
    }
    String operations =
        first(cgroup, "blkio", "blkio.throttle.io_serviced_recursive", "").orElse("");
    return new BlockIo(hierarchyIo(v1.get()), hierarchyIo(operations));
  }

  /// `8:0 Read 4096`; the last line, a sum over all devices, has no device.
  static List<BlockIo.Entry> hierarchyIo(String text) {
    List<BlockIo.Entry> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split("[ :]", -1);
      if (words.length == 4) {
        found.add(
            new BlockIo.Entry(number(words[0]), number(words[1]), words[2], number(words[3])));
      }
    }
    return found;
  }

  /// `8:0 rbytes=4096 wbytes=0 rios=1 ...`.
  static List<BlockIo.Entry> unifiedIo(String text) {
    List<BlockIo.Entry> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split("[ :=]", -1);
      for (int i = 2; i + 1 < words.length; i += 2) {
        String operation = OPERATIONS.get(words[i]);
        if (operation != null) {
          found.add(
              new BlockIo.Entry(
                  number(words[0]), number(words[1]), operation, number(words[i + 1])));
        }
      }
    }
    return found;
  }

  static List<ContainerStats.Interface> interfaces(String netDev) {
    List<ContainerStats.Interface> found = new ArrayList<>();
    for (String line : netDev.lines().toList()) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).strip();
      if (name.isEmpty() || name.equals("lo")) {
        continue;
      }
      long[] n =
          List.of(line.substring(colon + 1).strip().split("\\s+", -1)).stream()
              .mapToLong(Long::parseLong)
              .toArray();
      found.add(
          new ContainerStats.Interface(name, n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]));
    }
    return found;
  }

  private static Optional<String> first(
      String cgroup, String controller, String v1Name, String v2Name) throws IOException {
    for (String name : List.of(v1Name, v2Name)) {
      if (!name.isEmpty()) {
        Optional<Path> file = Cgroups.file(cgroup, controller, name);
        if (file.isPresent()) {
          return Optional.of(text(file.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Long> value(String cgroup, String controller, String name)
      throws IOException {
    return first(cgroup, controller, name, "").map(StatsReader::number);
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /// The number after a word at the start of a line; 0 where there is none.
  static long field(String text, String word) {
    for (String line : text.lines().toList()) {
      if (line.startsWith(word) && line.length() > word.length()) {
        char next = line.charAt(word.length());
        if (next == ' ' || next == '\t') {
          String rest = line.substring(word.length()).strip();
          int end = rest.indexOf(' ');
          return number(end < 0 ? rest : rest.substring(0, end));
        }
      }
    }
    return 0;
  }

  // "max" stands for no limit. Version 1 says it with a number that hardly fits.
  private static long number(String text) {
    String digits = text.strip();
    return digits.isEmpty() || digits.equals("max") ? 0 : Long.parseUnsignedLong(digits);
  }
}
