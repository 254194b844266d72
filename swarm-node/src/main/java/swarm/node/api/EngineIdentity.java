package swarm.node.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which engine this is: a name of its own that it keeps for as long as its data, in whichever
/// cluster it is.
///
/// @param id a UUID
/// @param since when it was first started
public record EngineIdentity(String id, Instant since) {
  private static final Logger LOG = LoggerFactory.getLogger(EngineIdentity.class);
  private static final String FILE = "engine-id";

  /// Reads it, or makes it where there is none.
  public static EngineIdentity of(Path dataRoot) throws IOException {
    Path file = dataRoot.resolve(FILE);
    String id = read(file);
    if (id.isEmpty()) {
      id = UUID.randomUUID().toString();
      Path fresh = file.resolveSibling(FILE + ".new");
      Files.writeString(fresh, id + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return new EngineIdentity(id, Files.getLastModifiedTime(file).toInstant());
  }

  /// Empty where there is none that makes sense: a power cut may have come before it was written.
  private static String read(Path file) throws IOException {
    try {
      return UUID.fromString(Files.readString(file).strip()).toString();
    } catch (NoSuchFileException _) {
      return "";
    } catch (IllegalArgumentException e) {
      LOG.warn("{} is damaged; this engine gets a new id", file, e);
      return "";
    }
  }
}
