package swarm.raft.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.DamagedFileException;

/// The snapshots in a member's directory, read without Ratis.
///
/// @param folder of the state machine
record SnapshotFiles(Path folder) {
  private static final Logger LOGGER = LoggerFactory.getLogger(SnapshotFiles.class);
  private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");
  private static final int BUFFER_BYTES = 64 * 1024;

  /// A snapshot of the state after the entry `index`.
  record Snapshot(Path path, long term, long index) {}

  /// Ratis puts a snapshot that came in in the place of those that were there in two steps. After a
  /// crash between them there are none.
  void putBack() throws IOException {
    Path root = folder.resolveSibling(".").normalize();
    if (Files.exists(folder) || !Files.isDirectory(root)) {
      return;
    }
    List<Path> aside = new ArrayList<>();
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(root, folder.getFileName() + ".tmp*")) {
      found.forEach(aside::add);
    }
    if (aside.size() == 1) {
      LOGGER.warn("{} is put back: a snapshot that came in did not take its place.", aside);
      Files.move(aside.getFirst(), folder, StandardCopyOption.ATOMIC_MOVE);
      Disk.flushDirectory(root);
    }
  }

  /// The snapshots, the newest last.
  List<Snapshot> all() throws IOException {
    var found = new ArrayList<Snapshot>();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher name = SNAPSHOT.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          found.add(
              new Snapshot(file, Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
        }
      }
    }
    found.sort(Comparator.comparingLong(Snapshot::index));
    return found;
  }

  /// The digest guards against accidents; against malice there is the seal. Ratis takes a snapshot
  /// whose digest it cannot read for none, and would begin with an empty state.
  static void check(Path snapshot) throws IOException {
    Path digest = MD5FileUtil.getDigestFileForFile(snapshot.toFile()).toPath();
    String stored;
    try {
      stored = Files.readString(digest, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      throw new DamagedFileException(snapshot, "its digest " + digest + " is missing");
    }
    String right = digest(snapshot) + " *" + snapshot.getFileName() + "\n";
    if (!stored.equals(right)) {
      throw new DamagedFileException(
          snapshot,
          "its MD5 digest is not what "
              + digest.getFileName()
              + " says (one of the two changed after it was written)");
    }
  }

  private static String digest(Path file) throws IOException {
    MessageDigest md5 = MD5FileUtil.newMD5();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        md5.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(md5.digest());
  }

  /// The newest snapshot, whole.
  Optional<Snapshot> newest() throws IOException {
    List<Snapshot> all = all();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    check(all.getLast().path());
    return Optional.of(all.getLast());
  }
}
