package swarm.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.node.api.Version;
import swarm.scheduler.model.AgentFormat;
import swarm.scheduler.model.GenericResource;
import swarm.scheduler.model.Node;

/// What this machine is.
final class HostFacts {
  private HostFacts() {}

  /// @param labels the daemon's own, as `--label` has them
  /// @param generic what else it was told to have, as `--node-generic-resource` has it
  static Node.Description read(List<String> labels, List<String> generic) throws IOException {
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
        labels(labels),
        null,
        null,
        generic.isEmpty() ? null : parse(generic),
        AgentFormat.NEWEST);
  }

  private static Map<String, String> labels(List<String> labels) throws IOException {
    var all = new TreeMap<String, String>();
    for (String label : labels) {
      int equal = label.indexOf('=');
      if (equal <= 0) {
        throw new IOException(
            "--label: bad attribute format: " + label + "; write it as KEY=VALUE");
      }
      String value = label.substring(equal + 1);
      String before = all.put(label.substring(0, equal), value);
      if (before != null && !before.equals(value)) {
        throw new IOException(
            "--label: conflict labels for "
                + label.substring(0, equal)
                + "="
                + value
                + " and "
                + label.substring(0, equal)
                + "="
                + before);
      }
    }
    return all;
  }

  private static List<GenericResource> parse(List<String> generic) throws IOException {
    try {
      return GenericResource.parse(generic);
    } catch (IllegalArgumentException e) {
      throw new IOException("--node-generic-resource: " + e.getMessage(), e);
    }
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
