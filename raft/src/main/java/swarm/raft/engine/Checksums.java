package swarm.raft.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.DamagedFileException;

/// Checksums for the files that Ratis writes without any: its vote and its members.
///
/// Ratis replaces such a file whenever it likes, and a crash may come before we have looked at it.
/// So each checksum is kept with the identity of the file that it is of (inode and time of change):
/// another file is a newer one, the same file with other bytes is a broken one.
///
/// One thread at a time.
final class Checksums {
  private static final String NAME = "checksums";
  private static final String OWN = "crc32c=";

  /// What a file was when its checksum was taken.
  private record Mark(String crc, String identity) {}

  private final Path file;
  private final List<Path> watched;
  private Map<String, Mark> known = Map.of();

  /// @param directory of the member
  Checksums(Path directory, MemberDisk disk) {
    this.file = directory.resolve(NAME);
    this.watched = List.of(disk.vote(), disk.configuration());
  }

  /// Compares the files with what was seen of them last.
  ///
  /// @throws DamagedFileException where one changed by itself
  void check() throws IOException {
    known = load();
    for (Path each : watched) {
      Mark mark = known.get(name(each));
      if (mark == null) {
        continue; // it came later than our last look
      }
      if (!Files.exists(each)) {
        throw new DamagedFileException(each, "it is gone");
      }
      Mark now = mark(each);
      if (now.identity().equals(mark.identity()) && !now.crc().equals(mark.crc())) {
        throw new DamagedFileException(each, "its bytes changed since it was written");
      }
    }
  }

  /// Looks at the files; keeps their checksums where they are new ones.
  void refresh() throws IOException {
    if (!changed()) {
      return;
    }
    Map<String, Mark> next = new TreeMap<>();
    for (Path each : watched) {
      @Nullable Mark mark = stableMark(each);
      if (mark != null) {
        next.put(name(each), mark);
      }
    }
    save(next);
    known = next;
  }

  private boolean changed() throws IOException {
    for (Path each : watched) {
      Mark mark = known.get(name(each));
      if (!Objects.equals(mark == null ? null : mark.identity(), identity(each))) {
        return true;
      }
    }
    return false;
  }

  /// Null where there is no such file, or it is being replaced just now: the next look will tell.
  private static @Nullable Mark stableMark(Path path) throws IOException {
    @Nullable String before = identity(path);
    if (before == null) {
      return null;
    }
    try {
      Mark mark = new Mark(crc(Files.readAllBytes(path)), before);
      return before.equals(identity(path)) ? mark : null;
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private static Mark mark(Path path) throws IOException {
    return new Mark(crc(Files.readAllBytes(path)), String.valueOf(identity(path)));
  }

  private static @Nullable String identity(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return attributes.fileKey() + "@" + attributes.lastModifiedTime().toInstant();
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static String crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private Map<String, Mark> load() throws IOException {
    if (!Files.exists(file)) {
      return Map.of(); // of a version that had none
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf(OWN);
    if (end < 0 || !text.substring(end).equals(own(text.substring(0, end)))) {
      throw new DamagedFileException(file, "its contents and its checksum do not agree");
    }
    Map<String, Mark> marks = new TreeMap<>();
    for (String line : text.substring(0, end).lines().toList()) {
      String[] words = line.split("\t", -1);
      if (words.length == 3) {
        marks.put(words[0], new Mark(words[1], words[2]));
      }
    }
    return marks;
  }

  private void save(Map<String, Mark> marks) throws IOException {
    var text = new StringBuilder();
    marks.forEach(
        (name, mark) ->
            text.append(name)
                .append('\t')
                .append(mark.crc())
                .append('\t')
                .append(mark.identity())
                .append('\n'));
    text.append(own(text.toString()));
    Path fresh = file.resolveSibling(NAME + ".new");
    Files.writeString(
        fresh,
        text,
        StandardCharsets.ISO_8859_1,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    Disk.flush(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String own(String text) {
    return OWN + crc(text.getBytes(StandardCharsets.ISO_8859_1)) + "\n";
  }
}
