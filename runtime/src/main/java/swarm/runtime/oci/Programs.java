package swarm.runtime.oci;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Finds programs of the host.
public final class Programs {
  private static final List<String> DIRECTORIES =
      List.of(
          "/usr/local/sbin",
          "/usr/local/bin",
          "/usr/sbin",
          "/usr/bin",
          "/sbin",
          "/bin",
          "/usr/libexec/podman",
          "/usr/lib/podman",
          "/usr/libexec/docker");

  private Programs() {}

  /// The file of a program: a path as it is, a name searched where such programs are installed.
  public static Optional<Path> find(String nameOrPath) {
    if (nameOrPath.contains("/")) {
      return Optional.of(Path.of(nameOrPath)).filter(Files::isExecutable);
    }
    return DIRECTORIES.stream()
        .map(directory -> Path.of(directory, nameOrPath))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
