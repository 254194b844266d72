package swarm.chaos.contract;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where the reference of the Docker Engine API is: `-Dswarm.reference=FILE`, or else
/// `shared/reference` beside the project or further up. It is no part of the project.
final class ReferenceFile {
  private static final String NAME = "shared/reference/docker-engine-api-v1.50.yaml";

  private ReferenceFile() {}

  static Optional<Path> find() {
    String named = System.getProperty("swarm.reference", "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named)).filter(Files::isRegularFile);
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path file = folder.resolve(NAME);
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /// Whether there is one: without it, there is nothing to test.
  static boolean isThere() {
    return find().isPresent();
  }
}
