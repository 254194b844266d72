package swarm.network.netlink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import swarm.linux.NetworkNamespaces;

/// Settings under `/proc/sys/net`: the kernel shows each thread those of its own network namespace.
public final class Sysctl {
  private static final Path ROOT = Path.of("/proc/sys/net");

  private Sysctl() {}

  /// Writes settings of the calling thread's namespace, in the map's order; a setting that has its
  /// value already is not written.
  ///
  /// @param values by path below `net`, such as `ipv4/ip_forward`
  /// @throws IOException naming the setting that could not be written
  public static void write(Map<String, String> values) throws IOException {
    for (Map.Entry<String, String> entry : values.entrySet()) {
      Path file = ROOT.resolve(entry.getKey());
      if (!Files.readString(file).strip().equals(entry.getValue())) {
        Files.writeString(file, entry.getValue());
      }
    }
  }

  /// As [#write(Map)], in another namespace, and without those that this kernel has not: one may be
  /// without IPv6.
  public static void writeWhereKnown(NetworkNamespaces.Handle netns, Map<String, String> values)
      throws IOException {
    NetworkNamespaces.<Boolean>call(
        netns,
        () -> {
          var known = new LinkedHashMap<>(values);
          known.keySet().removeIf(path -> !Files.exists(ROOT.resolve(path)));
          write(known);
          return true;
        });
  }

  /// As [#write(Map)], in another namespace.
  public static void write(NetworkNamespaces.Handle netns, Map<String, String> values)
      throws IOException {
    NetworkNamespaces.<Boolean>call(
        netns,
        () -> {
          write(values);
          return true;
        });
  }
}
