package swarm.node.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.PrivateFolders;

/// What containers have of the networks, in one small file for each, so that a new daemon knows it.
/// Each is replaced as a whole. Thread-safe, as long as one container's file is written by one
/// thread at a time.
final class EndpointFiles {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointFiles.class);
  private static final String UNFINISHED = ".new";

  private final Path folder;

  /// @param folder made where it is missing
  EndpointFiles(Path folder) throws IOException {
    this.folder = PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY);
  }

  /// Reads all of them.
  ///
  /// @param each takes a container's id and what it has; a throw of [IllegalArgumentException] says
  ///   that it makes no sense
  void recall(BiConsumer<String, ContainerEndpoint> each) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        recall(file, each);
      }
    }
  }

  /// One container's file must not keep the daemon from starting: without it, the container's
  /// address and ports are not known, but its links are still in the kernel.
  private static void recall(Path file, BiConsumer<String, ContainerEndpoint> each)
      throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(UNFINISHED)) {
      Files.delete(file);
      return;
    }
    try {
      each.accept(name, read(file));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.warn("what container {} has of the networks is forgotten: {} is damaged", name, file, e);
      Files.delete(file);
    }
  }

  private static ContainerEndpoint read(Path file) throws IOException {
    @Nullable ContainerEndpoint endpoint =
        AgentJson.read(Files.readAllBytes(file), ContainerEndpoint.class);
    if (endpoint == null) {
      throw new IllegalArgumentException("it holds null");
    }
    return endpoint;
  }

  void save(String containerId, ContainerEndpoint endpoint) throws IOException {
    Path fresh = folder.resolve(containerId + UNFINISHED);
    Files.write(fresh, AgentJson.write(endpoint));
    Files.move(
        fresh,
        folder.resolve(containerId),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  void delete(String containerId) throws IOException {
    Files.deleteIfExists(folder.resolve(containerId));
  }
}
