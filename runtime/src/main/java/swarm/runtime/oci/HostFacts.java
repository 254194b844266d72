package swarm.runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What of the host decides how a specification looks.
///
/// @param architecture in Go's words: `amd64`, `arm64`
/// @param kernelMajor first number of the kernel's version
/// @param kernelMinor second number
/// @param cgroupV2 whether the unified hierarchy is mounted at `/sys/fs/cgroup`
/// @param swapAccounting whether swap can be limited
/// @param capabilities what this process may hand on: its bounding set
public record HostFacts(
    String architecture,
    int kernelMajor,
    int kernelMinor,
    boolean cgroupV2,
    boolean swapAccounting,
    List<String> capabilities) {

  public HostFacts {
    capabilities = List.copyOf(capabilities);
  }

  /// Reads the facts of this host.
  public static HostFacts read() throws IOException {
    String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    String[] numbers = release.split("[.-]", 3);
    boolean unified = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    return new HostFacts(
        architecture(System.getProperty("os.arch")),
        Integer.parseInt(numbers[0]),
        Integer.parseInt(numbers[1]),
        unified,
        unified || Files.exists(Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")),
        boundingSet(Files.readAllLines(Path.of("/proc/self/status"))));
  }

  private static List<String> boundingSet(List<String> status) {
    String field = "CapBnd:";
    return status.stream()
        .filter(line -> line.startsWith(field))
        .findFirst()
        .map(line -> Capabilities.ofMask(line.substring(field.length()).strip()))
        .orElse(Capabilities.ALL);
  }

  private static String architecture(String jvmName) {
    return switch (jvmName) {
      case "aarch64" -> "arm64";
      case "x86_64" -> "amd64";
      default -> jvmName;
    };
  }
}
