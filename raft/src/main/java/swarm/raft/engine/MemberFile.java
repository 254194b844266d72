package swarm.raft.engine;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Properties;
import java.util.zip.CRC32C;
import swarm.raft.log.DamagedFileException;
import swarm.raft.log.Member;
import swarm.raft.log.Start;

/// Whose directory this is: guards against starting a member on somebody else's disk, or a second
/// time on a new one.
///
/// @param bootstrapped whether this member began the log (its first entry, which names the members,
///   may not be on the disk yet)
/// @param marked whether a [CommitMark] lies beside it; members of older versions have none
record MemberFile(String cluster, String member, boolean bootstrapped, boolean marked) {
  private static final String NAME = "member";
  private static final String FORMAT = "1";
  private static final String DIGEST = "crc32c=";

  /// Claims or finds the directory, as `start` demands.
  ///
  /// @throws IOException where the directory is not as `start` needs it
  static MemberFile prepare(Path directory, String cluster, Member self, Start start)
      throws IOException {
    return switch (start) {
      case Start.Bootstrap() -> create(directory, new MemberFile(cluster, self.id(), true, true));
      case Start.Join() -> create(directory, new MemberFile(cluster, self.id(), false, true));
      case Start.Restart() -> find(directory, cluster, self);
    };
  }

  /// Makes the directory that of a member which neither began its log nor waits to be added.
  static void claim(Path directory, String cluster, Member self) throws IOException {
    var _ = create(directory, new MemberFile(cluster, self.id(), false, true));
  }

  private static MemberFile create(Path directory, MemberFile file) throws IOException {
    Files.createDirectories(directory);
    if (Files.exists(directory.resolve(NAME))) {
      throw new IOException(
          directory
              + " already holds "
              + read(directory)
              + ". Restart it, or remove the directory and start a member with a new id.");
    }
    CommitMark.NONE.save(directory);
    file.write(directory);
    return file;
  }

  private static MemberFile find(Path directory, String cluster, Member self) throws IOException {
    if (!Files.exists(directory.resolve(NAME))) {
      throw new DamagedFileException(
          directory.resolve(NAME),
          "it is gone. Join the cluster again with a new member id: under its old one a member"
              + " without its disk could vote twice");
    }
    MemberFile found = read(directory);
    if (!found.cluster.equals(cluster) || !found.member.equals(self.id())) {
      throw new IOException(
          directory + " holds " + found + ", not member " + self.id() + " of cluster " + cluster);
    }
    boolean hasMark = Files.exists(CommitMark.file(directory));
    if (found.marked && !hasMark) {
      throw new DamagedFileException(CommitMark.file(directory), "it is gone");
    }
    return found.marked ? found : withMark(directory, found, hasMark);
  }

  /// Of an older version: from now on it must have a mark.
  private static MemberFile withMark(Path directory, MemberFile found, boolean hasMark)
      throws IOException {
    if (!hasMark) {
      CommitMark.NONE.save(directory);
    }
    var marked = new MemberFile(found.cluster, found.member, found.bootstrapped, true);
    marked.write(directory);
    return marked;
  }

  private static MemberFile read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    String text = readText(file);
    int end = text.lastIndexOf(DIGEST);
    if (end >= 0 && !text.substring(end).equals(digest(text.substring(0, end)))) {
      throw new DamagedFileException(file, "its contents and its checksum do not agree");
    }
    Properties p = new Properties();
    try {
      p.load(new StringReader(text));
    } catch (IllegalArgumentException e) {
      throw new DamagedFileException(file, String.valueOf(e.getMessage()));
    }
    if (end >= 0 && !FORMAT.equals(p.getProperty("format"))) {
      throw new IOException(
          file
              + " has format "
              + p.getProperty("format")
              + "; this version knows "
              + FORMAT
              + ". Upgrade this member.");
    }
    var found =
        new MemberFile(
            p.getProperty("cluster", ""),
            p.getProperty("member", ""),
            Boolean.parseBoolean(p.getProperty("bootstrapped")),
            Boolean.parseBoolean(p.getProperty("marked")));
    // the first versions wrote no checksum
    if (end < 0 && !text.equals(found.fields())) {
      throw new DamagedFileException(
          file, "it has neither the form nor the checksum that it needs");
    }
    return found;
  }

  private static String readText(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException _) {
      throw new DamagedFileException(file, "it is no text");
    }
  }

  private void write(Path directory) throws IOException {
    Path temporary = directory.resolve(NAME + ".new");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(encode().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    Disk.flushDirectory(directory);
  }

  private String encode() {
    return fields() + digest(fields());
  }

  private static String digest(String text) {
    var crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return DIGEST + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
  }

  private String fields() {
    return "format="
        + FORMAT
        + "\ncluster="
        + escape(cluster)
        + "\nmember="
        + escape(member)
        + "\nbootstrapped="
        + bootstrapped
        + (marked ? "\nmarked=true\n" : "\n");
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  @Override
  public String toString() {
    return "member " + member + " of cluster " + cluster;
  }
}
