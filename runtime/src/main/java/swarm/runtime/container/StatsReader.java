package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what a container uses from its cgroup (v1: kernel Documentation/admin-guide/cgroup-v1, v2:
/// cgroup-v2.rst) and from proc(5).
final class StatsReader {
  private static final long NANOS_PER_TICK = 10_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  private StatsReader() {}

  static ContainerStats read(String cgroup, int pid) throws IOException {
    long machine = field(text(Path.of("/proc/meminfo")), "MemTotal:") * 1024;
    long limit =
        first(cgroup, "memory", "memory.limit_in_bytes", "memory.max")
            .map(StatsReader::number)
            .orElse(0L);
    return new ContainerStats(
        memory(cgroup),
        limit == 0 || limit > machine ? machine : limit,
        cpu(cgroup),
        systemCpu(text(Path.of("/proc/stat"))),
        Runtime.getRuntime().availableProcessors(),
        first(cgroup, "pids", "pids.current", "pids.current").map(StatsReader::number).orElse(0L),
        first(cgroup, "pids", "pids.max", "pids.max").map(StatsReader::number).orElse(0L),
        blockBytes(cgroup, "Read", "rbytes"),
        blockBytes(cgroup, "Write", "wbytes"),
        interfaces(text(Path.of("/proc", Integer.toString(pid), "net/dev"))));
  }

  private static long memory(String cgroup) throws IOException {
    long used =
        first(cgroup, "memory", "memory.usage_in_bytes", "memory.current")
            .map(StatsReader::number)
            .orElse(0L);
    String stat = first(cgroup, "memory", "memory.stat", "memory.stat").orElse("");
    long v1 = field(stat, "total_inactive_file");
    long droppable = v1 != 0 ? v1 : field(stat, "inactive_file");
    return Math.max(0, used - droppable);
  }

  private static long cpu(String cgroup) throws IOException {
    Optional<String> v1 = first(cgroup, "cpuacct", "cpuacct.usage", "");
    if (v1.isPresent()) {
      return number(v1.get());
    }
    String v2 = first(cgroup, "cpu", "", "cpu.stat").orElse("");
    return field(v2, "usage_usec") * NANOS_PER_MICRO;
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

  private static long blockBytes(String cgroup, String v1Word, String v2Word) throws IOException {
    String v1 = first(cgroup, "blkio", "blkio.throttle.io_service_bytes_recursive", "").orElse("");
    String v2 = first(cgroup, "io", "", "io.stat").orElse("");
    long sum = 0;
    for (String line : v1.lines().toList()) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[1].equals(v1Word)) {
        sum += number(words[2]);
      }
    }
    for (String word : v2.split("\\s", -1)) {
      if (word.startsWith(v2Word + "=")) {
        sum += number(word.substring(v2Word.length() + 1));
      }
    }
    return sum;
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

  // "max" stands for no limit.
  private static long number(String text) {
    String digits = text.strip();
    return digits.isEmpty() || digits.equals("max") ? 0 : Long.parseLong(digits);
  }
}
