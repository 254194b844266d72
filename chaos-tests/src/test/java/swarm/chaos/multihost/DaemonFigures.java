package swarm.chaos.multihost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a daemon's process has.
///
/// @param resident kilobytes of memory
record DaemonFigures(int descriptors, int threads, long resident) {
  static DaemonFigures of(long pid) throws IOException {
    Path process = Path.of("/proc/" + pid);
    return new DaemonFigures(
        entries(process.resolve("fd")),
        entries(process.resolve("task")),
        Files.readAllLines(process.resolve("status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow(() -> new IOException("no VmRSS of " + pid)));
  }

  private static int entries(Path folder) throws IOException {
    try (var all = Files.list(folder)) {
      return (int) all.count();
    }
  }
}
