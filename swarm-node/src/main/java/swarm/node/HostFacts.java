package swarm.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import swarm.node.api.Version;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;

/// What this machine is.
final class HostFacts {
  private HostFacts() {}

  /// @param generic what else it was told to have
  static Node.Description read(List<GenericResource> generic) throws IOException {
    String architecture =
        switch (System.getProperty("os.arch", "")) {
          case "amd64", "x86_64" -> "amd64";
          case "aarch64" -> "arm64";
          default -> System.getProperty("os.arch", "");
        };
    return new Node.Description(
        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
        "linux",
        architecture,
        Runtime.getRuntime().availableProcessors() * 1_000_000_000L,
        memoryBytes(),
        Version.NUMBER,
        Map.of(),
        null,
        null,
        generic.isEmpty() ? null : generic);
  }

  private static long memoryBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("/proc/meminfo does not say MemTotal");
  }
}
