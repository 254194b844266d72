package swarm.raft.engine;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import swarm.raft.log.Member;
import swarm.raft.log.Start;

/// Whose directory this is: guards against starting a member on somebody else's disk, or a second
/// time on a new one.
///
/// @param bootstrapped whether this member began the log (its first entry, which names the members,
///   may not be on the disk yet)
record MemberFile(String cluster, String member, boolean bootstrapped) {
  private static final String NAME = "member";
  private static final String FORMAT = "1";

  /// Claims or finds the directory, as `start` demands.
  ///
  /// @throws IOException where the directory is not as `start` needs it
  static MemberFile prepare(Path directory, String cluster, Member self, Start start)
      throws IOException {
    return switch (start) {
      case Start.Bootstrap() -> create(directory, new MemberFile(cluster, self.id(), true));
      case Start.Join() -> create(directory, new MemberFile(cluster, self.id(), false));
      case Start.Restart() -> find(directory, cluster, self);
    };
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
    file.write(directory);
    return file;
  }

  private static MemberFile find(Path directory, String cluster, Member self) throws IOException {
    if (!Files.exists(directory.resolve(NAME))) {
      throw new IOException(
          directory
              + " holds no member to restart. Join the cluster again with a new member id: under"
              + " its old one a member without its disk could vote twice.");
    }
    MemberFile found = read(directory);
    if (!found.cluster.equals(cluster) || !found.member.equals(self.id())) {
      throw new IOException(
          directory + " holds " + found + ", not member " + self.id() + " of cluster " + cluster);
    }
    return found;
  }

  private static MemberFile read(Path directory) throws IOException {
    Properties p = new Properties();
    p.load(new StringReader(Files.readString(directory.resolve(NAME))));
    if (!FORMAT.equals(p.getProperty("format"))) {
      throw new IOException(
          directory.resolve(NAME)
              + " has format "
              + p.getProperty("format")
              + "; this version knows "
              + FORMAT
              + ". Upgrade this member.");
    }
    return new MemberFile(
        p.getProperty("cluster", ""),
        p.getProperty("member", ""),
        Boolean.parseBoolean(p.getProperty("bootstrapped")));
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
    return "format="
        + FORMAT
        + "\ncluster="
        + escape(cluster)
        + "\nmember="
        + escape(member)
        + "\nbootstrapped="
        + bootstrapped
        + "\n";
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  @Override
  public String toString() {
    return "member " + member + " of cluster " + cluster;
  }
}
