package swarm.runtime.volume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.runtime.snapshot.OverlayMounts;

/// Volumes on disk: `NAME/volume.json` beside `NAME/_data`. A volume appears with the rename of its
/// folder and goes with another, so that a killed daemon finds it whole or not at all. Thread-safe
/// for different volumes.
final class VolumeRecords {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeRecords.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECORD = "volume.json";
  private static final String DATA = "_data";

  /// Bears the name of the container that a volume is being made for, until that is there.
  private static final String PENDING = "pending";

  /// No volume's name begins with a dot.
  private static final String COMING = ".new-";

  private static final String GOING = ".old-";

  private final Path folder;

  VolumeRecords(Path folder) {
    this.folder = folder;
  }

  Path data(String name) {
    return folder.resolve(name).resolve(DATA);
  }

  /// Where content is prepared that is to come into a volume at once.
  Path staging(String name) {
    return folder.resolve(name).resolve("_seeding");
  }

  /// Makes a volume; it survives a loss of power.
  ///
  /// @param pendingFor the container that is being made with it; empty where a user asked for it
  void create(Volume volume, String pendingFor) throws IOException {
    Path coming = folder.resolve(COMING + volume.name());
    Path home = folder.resolve(volume.name());
    OverlayMounts.deleteTree(coming);
    try {
      Files.createDirectory(coming);
      Files.setPosixFilePermissions(coming, PosixFilePermissions.fromString("rwx-----x"));
      Path data = Files.createDirectory(coming.resolve(DATA));
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
      write(coming.resolve(RECORD), JSON.writeValueAsBytes(json(volume)));
      if (!pendingFor.isEmpty()) {
        Files.writeString(coming.resolve(PENDING), pendingFor);
      }
      Files.move(coming, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      discard(coming, e);
      throw e;
    }
  }

  private static void discard(Path coming, IOException cause) {
    try {
      OverlayMounts.deleteTree(coming);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (var out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
  }

  /// The container for which it was made is there: it is to stay.
  void settle(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name).resolve(PENDING));
  }

  /// The container for which it was being made, if that is not known to be there.
  Optional<String> pendingFor(String name) throws IOException {
    Path mark = folder.resolve(name).resolve(PENDING);
    return Files.exists(mark) ? Optional.of(Files.readString(mark)) : Optional.empty();
  }

  /// Deletes a volume with its content; nothing is mounted there.
  void delete(String name) throws IOException {
    Path going = folder.resolve(GOING + name);
    OverlayMounts.deleteTree(going);
    Files.move(folder.resolve(name), going, StandardCopyOption.ATOMIC_MOVE);
    OverlayMounts.deleteTree(going);
  }

  /// All volumes. What a creation or removal left that was cut short is deleted; a record that
  /// cannot be read is left alone and reported.
  List<Volume> load() throws IOException {
    List<Volume> found = new ArrayList<>();
    List<Path> homes = new ArrayList<>();
    try (var all = Files.newDirectoryStream(folder)) {
      all.forEach(homes::add);
    }
    for (Path home : homes) {
      String name = home.getFileName().toString();
      if (name.startsWith(COMING) || name.startsWith(GOING)) {
        OverlayMounts.deleteTree(home);
        continue;
      }
      try {
        OverlayMounts.deleteTree(staging(name));
        found.add(volume(name, JSON.readTree(home.resolve(RECORD).toFile())));
      } catch (IOException | DateTimeException e) {
        LOG.error("the record of volume {} cannot be read; repair or delete {}", name, home, e);
      }
    }
    return found;
  }

  private Volume volume(String name, JsonNode record) {
    return new Volume(
        name,
        record.path("driver").asText(Volume.LOCAL),
        map(record.path("options")),
        map(record.path("labels")),
        Instant.parse(record.path("createdAt").asText()),
        data(name));
  }

  private static ObjectNode json(Volume volume) {
    ObjectNode record = JSON.createObjectNode();
    record.put("createdAt", volume.createdAt().toString());
    record.put("driver", volume.driver());
    volume.options().forEach(record.putObject("options")::put);
    volume.labels().forEach(record.putObject("labels")::put);
    return record;
  }

  private static Map<String, String> map(JsonNode object) {
    var all = new LinkedHashMap<String, String>();
    object.properties().forEach(e -> all.put(e.getKey(), e.getValue().asText()));
    return all;
  }
}
