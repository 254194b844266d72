package swarm.node.networks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.PrivateFolders;
import swarm.network.Inet4Network;
import swarm.scheduler.model.Wire;

/// Keeps each network in one JSON file, forced to the disk and put in place by a rename: it is
/// there whole or not at all, also after a loss of power. Thread-safe for different networks.
public final class NetworkStore {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkStore.class);
  private static final String ENDING = ".json";
  private static final String UNFINISHED = ".new";

  private final Path folder;

  /// Opens the folder, which is made where it is missing.
  public NetworkStore(Path folder) throws IOException {
    this.folder = PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY);
  }

  /// All of them, the oldest first. One that cannot be read is left alone and reported.
  public List<NetworkRecord> load() throws IOException {
    var found = new ArrayList<NetworkRecord>();
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(UNFINISHED)) {
        Files.delete(file);
      } else if (name.endsWith(ENDING)) {
        try {
          found.add(read(file));
        } catch (IOException | RuntimeException e) {
          LOG.error(
              "network record {} cannot be read and is left out; repair or delete it", file, e);
        }
      }
    }
    found.sort(Comparator.comparing(NetworkRecord::created).thenComparing(NetworkRecord::id));
    return found;
  }

  private static NetworkRecord read(Path file) throws IOException {
    @Nullable NetworkRecord record =
        Wire.JSON.readValue(Files.readAllBytes(file), NetworkRecord.class);
    if (record == null) {
      throw new IOException("it holds null");
    }
    var ignored = record.toBridge(); // what does not make a bridge is damaged
    return record;
  }

  /// The subnets of all of them.
  public List<Inet4Network> subnets() throws IOException {
    return load().stream().map(NetworkRecord::network).toList();
  }

  void save(NetworkRecord record) throws IOException {
    Path fresh = folder.resolve(record.id() + UNFINISHED);
    try (var file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(Wire.JSON.writeValueAsBytes(record));
      while (bytes.hasRemaining()) {
        int ignored = file.write(bytes);
      }
      file.force(false);
    }
    Files.move(
        fresh,
        folder.resolve(record.id() + ENDING),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    force();
  }

  void delete(String id) throws IOException {
    boolean ignored = Files.deleteIfExists(folder.resolve(id + ENDING));
    force();
  }

  private void force() throws IOException {
    try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
