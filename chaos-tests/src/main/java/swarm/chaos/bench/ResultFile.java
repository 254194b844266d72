package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Results of a long measurement, a line each, so that a run that was broken off can be gone on
/// with.
///
/// @param hosts of the cluster that it is measured on: other sizes are other measurements; 0 where
///   each kind has its own
record ResultFile(Path file, int hosts) {
  private String beginning(String kind) {
    return kind + (hosts == 0 ? ": " : ", " + hosts + " hosts: ");
  }

  void append(String kind, String result) throws IOException {
    String line = beginning(kind) + result;
    System.err.println(line);
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// The results of one kind so far.
  List<String> lines(String kind) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream()
            .filter(line -> line.startsWith(beginning(kind)))
            .map(line -> line.substring(beginning(kind).length()))
            .toList()
        : List.of();
  }

  /// Median and worst of results that begin with a number.
  String worst(String kind) throws IOException {
    List<Long> sorted =
        lines(kind).stream()
            .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
            .sorted()
            .toList();
    return sorted.isEmpty()
        ? kind + ": nothing measured yet"
        : kind
            + ": median "
            + sorted.get(sorted.size() / 2)
            + " ms, worst "
            + sorted.getLast()
            + " ms of "
            + sorted.size();
  }
}
