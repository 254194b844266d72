package swarm.runtime.container;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.snapshot.OverlayMounts;

/// Keeps each container's record in one JSON file, replaced by an atomic rename, so that a killed
/// daemon finds either the old or the new one. Thread-safe for different containers.
final class ContainerStore {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerStore.class);
  private static final ObjectMapper JSON = mapper();

  private final ContainerPaths paths;
  private final CrashPoints crashPoints;

  ContainerStore(ContainerPaths paths, CrashPoints crashPoints) {
    this.paths = paths;
    this.crashPoints = crashPoints;
  }

  /// Writes a new container's record. It survives a loss of power unless the container would not be
  /// kept then anyway; later changes of state need not, as the machine's containers end with it.
  void create(Container container) throws IOException {
    Files.createDirectories(paths.home(container.id()));
    write(container, !container.config().autoRemove());
  }

  void save(Container container) throws IOException {
    write(container, false);
  }

  private void write(Container container, boolean durable) throws IOException {
    Path target = paths.record(container.id());
    Path next = target.resolveSibling("container.json.next");
    try {
      write(container, next, durable);
    } catch (IOException e) {
      Files.deleteIfExists(next); // half of it, on a full disk
      throw e;
    }
    crashPoints.reached(CrashPoint.RECORD_WRITTEN);
    Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void write(Container container, Path next, boolean durable) throws IOException {
    try (var file =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(container));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      if (durable) {
        file.force(false);
      }
    }
  }

  /// Deletes all that the container has on disk, the record last.
  void delete(String id) throws IOException {
    Path home = paths.home(id);
    if (Files.isDirectory(home)) {
      try (var children = Files.newDirectoryStream(home)) {
        for (Path child : children) {
          if (!child.equals(paths.record(id))) {
            OverlayMounts.deleteTree(child);
          }
        }
      }
    }
    crashPoints.reached(CrashPoint.FILES_DELETED);
    OverlayMounts.deleteTree(home);
    crashPoints.reached(CrashPoint.RECORD_DELETED);
  }

  /// All records. Folders without one (a creation or removal cut short) are deleted; an unreadable
  /// one is left alone and reported.
  List<Container> load() throws IOException {
    List<Container> found = new ArrayList<>();
    try (var homes = Files.newDirectoryStream(paths.containers())) {
      for (Path home : homes) {
        Path file = home.resolve("container.json");
        if (!Files.exists(file)) {
          OverlayMounts.deleteTree(home);
          continue;
        }
        try {
          found.add(JSON.readValue(file.toFile(), Container.class));
        } catch (IOException e) {
          LOG.error(
              "container record {} cannot be read and is left out; repair or delete it", file, e);
        }
      }
    }
    return found;
  }

  private static ObjectMapper mapper() {
    var times = new SimpleModule("times");
    times.addSerializer(
        Instant.class,
        new JsonSerializer<>() {
          @Override
          public void serialize(Instant value, JsonGenerator out, SerializerProvider providers)
              throws IOException {
            out.writeString(value.toString());
          }
        });
    times.addDeserializer(
        Instant.class,
        new JsonDeserializer<>() {
          @Override
          public Instant deserialize(JsonParser in, DeserializationContext context)
              throws IOException {
            return Instant.parse(in.getText());
          }
        });
    return JsonMapper.builder()
        .addModule(times)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }
}
