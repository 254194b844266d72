package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
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
    new Checksums(root.resolve("a"), disk).check();
    disk.check(CommitMark.load(root.resolve("a")));
  }

  @Test
  void aBitThatFlippedAnywhereIsFoundAndTheFileNamed() throws Exception {
    check();
    assertThat(files().stream().map(f -> String.valueOf(f.getFileName())).toList())
        .contains("member", "checksums", "committed", "raft-meta", "raft-meta.conf")
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
    Files.move(fresh, meta, StandardCopyOption.REPLACE_EXISTING);
    Running again = cluster.open("a", new Start.Restart());
    Await.until("it leads again", again::ready);
    assertThat(again.log().leadership().term()).isGreaterThan(term + 1);
  }

  /// The log is gone, or ends before what is known to be committed.
  @Test
  void aLogThatIsGoneEmptyOrShortIsDamage() throws Exception {
    Path log = writtenTo();
    byte[] good = Files.readAllBytes(log);
    assertThat(CommitMark.load(root.resolve("a")).index()).isGreaterThan(149);
    Files.delete(log);
    assertDamaged("was committed and flushed here");
    for (int length = 0; length < good.length; length += 97) {
      Files.write(log, Arrays.copyOf(good, length));
      assertDamaged("was committed and flushed here");
      assertThat(Files.size(log)).as("it is left as it is").isEqualTo(length);
    }
    Files.write(log, new byte[4096]);
    assertDamaged("was committed and flushed here");
    Files.write(log, good);
    check();
    Files.move(log.resolveSibling("raft-meta"), log.resolveSibling("aside"));
    assertDamaged("raft-meta is damaged: it is gone");
    Files.move(log.resolveSibling("aside"), log.resolveSibling("raft-meta"));
    Path group = log.resolveSibling("..").normalize();
    Files.move(group, root.resolve("aside"));
    assertDamaged("is damaged");
    Files.move(root.resolve("aside"), group);
    check();
  }

  @Test
  void aMarkOrMemberFileThatIsGoneIsDamage() throws Exception {
    for (String name : List.of("committed", "member")) {
      Path file = root.resolve("a").resolve(name);
      byte[] good = Files.readAllBytes(file);
      Files.delete(file);
      assertDamaged(file + " is damaged: it is gone");
      Files.write(file, good);
    }
    check();
  }

  /// Members of older versions have none.
  @Test
  void aMemberWithoutAMarkGetsOne() throws Exception {
    Path member = root.resolve("a/member");
    Files.delete(root.resolve("a/committed"));
    Files.writeString(
        member, "format=1\ncluster=test\nmember=a\nbootstrapped=true\n"); // of the first version
    Running again = cluster.open("a", new Start.Restart());
    Await.until("it leads again", again::ready);
    Await.until(
        "a mark is kept",
        () -> {
          try {
            return CommitMark.load(root.resolve("a")).index() > 149;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    cluster.stop("a");
    Files.delete(root.resolve("a/committed"));
    assertDamaged("it is gone");
  }

  private void assertDamaged(String text) {
    assertThatThrownBy(this::check)
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining(text);
  }

  /// As `cp -a` and file-level backups do it: other inodes, the same times.
  @Test
  void flipsAreFoundInAFolderThatWasMoved() throws Exception {
    Path meta = writtenTo().resolveSibling("raft-meta");
    Path configuration = writtenTo().resolveSibling("raft-meta.conf");
    settle(meta);
    settle(configuration);
    for (Path file : List.of(meta, configuration)) {
      byte[] good = Files.readAllBytes(file);
      for (long bit = 0; bit < 8L * good.length; bit++) {
        flip(file, bit);
        copy(file);
        assertThatThrownBy(this::check)
            .as("%s, bit %s", file, bit)
            .isInstanceOfSatisfying(
                DamagedFileException.class, e -> assertThat(e.file()).isEqualTo(file));
        flip(file, bit);
      }
      check();
    }
  }

  /// Makes the checksum of a file one that was taken when the file had been there for long.
  private void settle(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(10)));
    MemberDisk disk =
        MemberDisk.of(root.resolve("a"), RatisLog.groupId("test").getUuid().toString());
    var checksums = new Checksums(root.resolve("a"), disk);
    checksums.check();
    checksums.refresh();
  }

  private static void copy(Path file) throws IOException {
    Path other = file.resolveSibling("copy");
    Files.copy(file, other, StandardCopyOption.COPY_ATTRIBUTES);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Nothing that is known of the files' times helps: copied without them.
  @Test
  void noFlipOfTheseFilesEndsInAStackTrace() throws Exception {
    for (String name : List.of("raft-meta", "raft-meta.conf")) {
      Path file = writtenTo().resolveSibling(name);
      byte[] good = Files.readAllBytes(file);
      int passed = 0;
      for (long bit = 0; bit < 8L * good.length; bit++) {
        Files.write(file, good);
        flip(file, bit);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
        try {
          check();
          passed++;
        } catch (DamagedFileException e) {
          assertThat(e.file()).isEqualTo(file);
        }
      }
      assertThat(passed).as("flips that made another term or index of %s", name).isLessThan(16);
      for (int length = 0; length < good.length; length++) {
        Files.write(file, Arrays.copyOf(good, length));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
        try {
          check();
          assertThat(length).as("bytes of %s that pass for all", name).isEqualTo(good.length);
        } catch (DamagedFileException e) {
          assertThat(e.file()).isEqualTo(file);
        }
      }
      Files.write(file, good);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
      check();
    }
  }
}
