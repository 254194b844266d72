package swarm.chaos.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The rows of the network's table, and what has been measured of each.
///
/// @param file each line of which begins with a number
record NetworkRows(ResultFile file) {
  /// What counts of several tries.
  enum Counts {
    MEDIAN,
    WORST,
    /// All numbers behind "of" in every line together.
    NINETY_NINTH
  }

  /// A row.
  enum Row {
    OVERLAY("overlay TCP / raw veth, against Docker's ratio", ">= 1.0", Counts.MEDIAN),
    VIRTUAL_THROUGHPUT("virtual address / direct, throughput", ">= 0.97", Counts.MEDIAN),
    VIRTUAL_LATENCY("virtual address, added latency p50, us", "<= 5", Counts.MEDIAN),
    PORT_AT_TASK("mesh port / host-mode port, at the task's host", ">= 0.90", Counts.MEDIAN),
    PORT_ELSEWHERE("mesh port / host-mode port, through another", ">= 0.75", Counts.MEDIAN),
    ALL_HOSTS("all hosts at once, farthest second from the median, %", "<= 20", Counts.WORST),
    NEW_TASK(
        "new task answers on all 10 hosts after RUNNING, p99, ms", "<= 200", Counts.NINETY_NINTH),
    ENDPOINT_COST("CPU of an endpoint change in a client's namespace, ms", "<= 0.3", Counts.MEDIAN),
    COME_AND_GO("requests lost while hosts join and leave", "0", Counts.WORST),
    IDLE("idle connections that died", "0", Counts.WORST);

    private final String words;
    private final String goal;
    private final Counts counts;

    Row(String words, String goal, Counts counts) {
      this.words = words;
      this.goal = goal;
      this.counts = counts;
    }
  }

  /// How many tries of a row there are.
  int tries(Row row) throws IOException {
    return file.lines(row.words).size();
  }

  /// Keeps the result of a try.
  ///
  /// @param note what else was seen; empty for nothing
  void add(Row row, double value, String note) throws IOException {
    file.append(
        row.words,
        String.format(Locale.ROOT, "%.3f", value) + (note.isEmpty() ? "" : " (" + note + ")"));
  }

  /// A Markdown table of all rows.
  String table() throws IOException {
    var text = new StringBuilder("| row | must | measured | tries |\n|---|---|---|---|\n");
    for (Row row : Row.values()) {
      List<String> lines = file.lines(row.words);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %d |%n",
              row.words,
              row.goal,
              lines.isEmpty() ? "-" : String.format(Locale.ROOT, "%.3f", figure(row.counts, lines)),
              lines.size()));
    }
    return text.toString();
  }

  /// The one number for several tries. Pure.
  static double figure(Counts counts, List<String> lines) {
    double[] firsts =
        lines.stream()
            .mapToDouble(line -> Double.parseDouble(line.split(" ", 2)[0]))
            .sorted()
            .toArray();
    return switch (counts) {
      case MEDIAN -> firsts[firsts.length / 2];
      case WORST -> firsts[firsts.length - 1];
      case NINETY_NINTH ->
          percentile(lines.stream().flatMap(NetworkRows::all).mapToDouble(d -> d).toArray());
    };
  }

  private static Stream<Double> all(String line) {
    int of = line.indexOf("of ");
    return of < 0
        ? Stream.empty()
        : Arrays.stream(line.substring(of + 3).split("[^0-9.]+"))
            .filter(word -> !word.isEmpty())
            .map(Double::valueOf);
  }

  private static double percentile(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
  }
}
