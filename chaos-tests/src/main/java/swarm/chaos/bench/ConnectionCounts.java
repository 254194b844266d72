package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Numbers that the kernel keeps for each network namespace (`proc_net(5)`, `SNMP counter`).
final class ConnectionCounts {
  private ConnectionCounts() {}

  /// Connections that some processes' namespaces accepted in each second from now on, but for the
  /// first and the last.
  static List<Long> everySecond(List<Long> pids, int seconds) throws IOException {
    long begun = System.nanoTime();
    var totals = new ArrayList<Long>();
    for (int second = 1; second < seconds; second++) {
      long due = begun + TimeUnit.SECONDS.toNanos(second);
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      long sum = 0;
      for (long pid : pids) {
        sum +=
            counter(Files.readString(Path.of("/proc/" + pid + "/net/snmp")), "Tcp", "PassiveOpens");
      }
      totals.add(sum);
    }
    return IntStream.range(1, totals.size())
        .mapToObj(i -> totals.get(i) - totals.get(i - 1))
        .toList();
  }

  /// How far the farthest is from the median, in percent of it. Pure.
  static double farthestPercent(List<Long> counts) {
    List<Long> sorted = counts.stream().sorted().toList();
    if (sorted.isEmpty() || sorted.get(sorted.size() / 2) == 0) {
      return 100;
    }
    double median = sorted.get(sorted.size() / 2);
    return 100 * Math.max(median - sorted.getFirst(), sorted.getLast() - median) / median;
  }

  /// The sum of some counters in a text of pairs of lines, names above values; those that the
  /// kernel does not have count nothing. Pure.
  ///
  /// @param group how both lines begin
  static long counter(String text, String group, String... names) {
    List<String[]> lines =
        text.lines()
            .filter(line -> line.startsWith(group + ":"))
            .map(line -> line.split("\\s+"))
            .toList();
    long sum = 0;
    for (int at = 0; lines.size() == 2 && at < lines.getFirst().length; at++) {
      if (List.of(names).contains(lines.getFirst()[at])) {
        sum += Long.parseLong(lines.get(1)[at]);
      }
    }
    return sum;
  }

  /// Ended connections that are still remembered, from `/proc/net/sockstat`. Pure.
  static long timeWait(String sockstat) {
    return sockstat
        .lines()
        .filter(line -> line.startsWith("TCP:") && line.contains(" tw "))
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".* tw (\\d+).*", "$1")))
        .sum();
  }
}
