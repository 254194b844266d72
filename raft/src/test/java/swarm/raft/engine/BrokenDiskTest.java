package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.engine.Cluster.Running;
import swarm.raft.log.DamagedFileException;
import swarm.raft.log.Start;

/// A member whose files are not what they were.
class BrokenDiskTest {
  @TempDir Path root;
  private Cluster cluster = new Cluster(Path.of("unused"));

  @BeforeEach
  void start() throws Exception {
    cluster =
        new Cluster(
            root, new Limits(2000, 64, 4 * 1024, new SnapshotPolicy(40, 1024 * 1024, 5, 1)));
    cluster.start("a");
    for (int i = 0; i < 150; i++) {
      cluster.commit("command " + i + " " + "x".repeat(i % 50 * 10));
    }
    Await.until("a vote's checksum is kept", () -> Files.exists(root.resolve("a/checksums")));
    cluster.stop("a");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve("a"))) {
      return all.filter(Files::isRegularFile)
          .filter(f -> !Set.of("in_use.lock").contains(String.valueOf(f.getFileName())))
          .filter(f -> !f.toString().endsWith(".new"))
          .sorted()
          .toList();
    }
  }

  /// As a disk does it: neither the file's identity nor its times change.
  private static void flip(Path file, long bit) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(bit / 8);
      int was = raw.read();
      raw.seek(bit / 8);
      raw.write(was ^ 1 << bit % 8);
    }
    Files.setLastModifiedTime(file, time);
  }

  private void check() throws IOException {
    var _ = MemberFile.prepare(root.resolve("a"), "test", Cluster.member("a"), new Start.Restart());
    MemberDisk disk =
        MemberDisk.of(root.resolve("a"), RatisLog.groupId("test").getUuid().toString());
    disk.check();
    new Checksums(root.resolve("a"), disk).check();
  }

  @Test
  void aBitThatFlippedAnywhereIsFoundAndTheFileNamed() throws Exception {
    check();
    assertThat(files().stream().map(f -> String.valueOf(f.getFileName())).toList())
        .contains("member", "checksums", "raft-meta", "raft-meta.conf")
        .anyMatch(f -> f.startsWith("log_inprogress"))
        .anyMatch(f -> f.matches("log_\\d+-\\d+"))
        .anyMatch(f -> f.matches("snapshot\\.\\d+_\\d+"))
        .anyMatch(f -> f.endsWith(".md5"));
    for (Path file : files()) {
      long bits = 8 * Files.size(file);
      long step = Math.max(1, bits / 400) | 1; // odd: every bit of a byte comes by
      for (long bit = 0; bit < bits; bit += step) {
        flip(file, bit);
        String what = file + ", bit " + bit;
        assertThatThrownBy(this::check)
            .as(what)
            .isInstanceOfSatisfying(
                DamagedFileException.class,
                e ->
                    assertThat(file.toString())
                        .as(what)
                        .startsWith(e.file().toString())); // a digest's file is its snapshot's
        flip(file, bit);
      }
    }
    check();
  }

  @Test
  void aDamagedMemberDoesNotStart() throws Exception {
    Path log =
        files().stream()
            .filter(f -> f.toString().contains("log_inprogress"))
            .findFirst()
            .orElseThrow();
    flip(log, 8 * 40);
    assertThatThrownBy(() -> cluster.open("a", new Start.Restart()))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining(log + " is damaged");
    flip(log, 8 * 40);
    Running again = cluster.open("a", new Start.Restart());
    Await.until("it leads again", again::ready);
    assertThat(again.machine().commands()).hasSize(150);
  }

  @Test
  void aTornLastRecordIsDroppedAndTheMemberStarts() throws Exception {
    for (boolean allocated : new boolean[] {true, false}) {
      Path log = writtenTo();
      byte[] good = Files.readAllBytes(log);
      try (RandomAccessFile raw = new RandomAccessFile(log.toFile(), "rw")) {
        raw.seek(good.length);
        raw.write(0xa0); // an entry of 800 bytes ...
        raw.write(0x06);
        raw.write("what is there of it".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (allocated) {
          raw.setLength(good.length + 4096);
        }
      }
      Running again = cluster.open("a", new Start.Restart());
      Await.until("it leads again", again::ready);
      assertThat(again.machine().commands()).hasSize(150);
      cluster.stop("a");
    }
  }

  private Path writtenTo() throws IOException {
    return files().stream()
        .filter(f -> f.toString().contains("log_inprogress"))
        .findFirst()
        .orElseThrow();
  }

  /// A crash may come between Ratis' change of a file and our look at it.
  @Test
  void aVoteThatIsNewerThanItsChecksumIsNoDamage() throws Exception {
    Path meta =
        files().stream().filter(f -> f.toString().endsWith("raft-meta")).findFirst().orElseThrow();
    String text = Files.readString(meta);
    long term = Long.parseLong(text.replaceAll("(?s).*term=(\\d+).*", "$1"));
    Path fresh = meta.resolveSibling("fresh");
    Files.writeString(fresh, text.replace("term=" + term, "term=" + (term + 1)));
    Files.move(fresh, meta, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Running again = cluster.open("a", new Start.Restart());
    Await.until("it leads again", again::ready);
    assertThat(again.log().leadership().term()).isGreaterThan(term + 1);
  }
}
