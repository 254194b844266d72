package swarm.raft.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.log.DamagedFileException;

/// What Ratis keeps in a member's directory, read without Ratis: before it starts, and where it
/// cannot start any more.
///
/// @param current Ratis' folder of the log and of its vote
/// @param snapshots the folder of the state machine
record MemberDisk(Path current, Path snapshots) {
  private static final Logger LOGGER = LoggerFactory.getLogger(MemberDisk.class);
  private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
  private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");
  private static final Pattern SNAPSHOT = Pattern.compile("snapshot\\.(\\d+)_(\\d+)");
  private static final int BUFFER_BYTES = 64 * 1024;

  /// @param last empty for the file that is written to
  private record Segment(Path path, long first, OptionalLong last) {}

  /// A snapshot of the state after the entry `index`.
  record Snapshot(Path path, long term, long index) {}

  /// @param directory of the member
  static MemberDisk of(Path directory, String group) {
    Path root = directory.resolve(group);
    return new MemberDisk(root.resolve("current"), root.resolve("sm"));
  }

  Path vote() {
    return current.resolve("raft-meta");
  }

  Path configuration() {
    return current.resolve("raft-meta.conf");
  }

  /// Looks at every byte, and cuts off what a crash left of a write that nobody was promised.
  ///
  /// @throws DamagedFileException where a file is not as it was written
  void check() throws IOException {
    if (!Files.isDirectory(current)) {
      return; // it never started
    }
    checkConfiguration();
    OptionalLong covered = OptionalLong.empty();
    for (Snapshot snapshot : snapshotFiles()) {
      checkSnapshot(snapshot.path());
      covered = OptionalLong.of(snapshot.index());
    }
    scan(covered, _ -> {}, true);
  }

  private void checkConfiguration() throws IOException {
    if (Files.exists(configuration())) {
      LogEntryProto entry;
      try {
        entry = LogEntryProto.parseFrom(Files.readAllBytes(configuration()));
      } catch (org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException e) {
        throw new DamagedFileException(configuration(), "it cannot be read: " + e.getMessage());
      }
      if (!entry.hasConfigurationEntry()) {
        throw new DamagedFileException(configuration(), "it names no members");
      }
    }
  }

  /// The snapshots, the newest last.
  List<Snapshot> snapshotFiles() throws IOException {
    var found = new ArrayList<Snapshot>();
    if (!Files.isDirectory(snapshots)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(snapshots)) {
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
  private static void checkSnapshot(Path snapshot) throws IOException {
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
  Optional<Snapshot> newestSnapshot() throws IOException {
    List<Snapshot> all = snapshotFiles();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    checkSnapshot(all.getLast().path());
    return Optional.of(all.getLast());
  }

  /// Reads all entries, whether they are known to be committed or not.
  ///
  /// @param covered the index of a snapshot that the entries must follow on
  void entries(OptionalLong covered, Consumer<LogEntryProto> entries) throws IOException {
    scan(covered, entries, false);
  }

  private void scan(OptionalLong covered, Consumer<LogEntryProto> entries, boolean cut)
      throws IOException {
    @Nullable Segment before = null;
    long next = covered.isPresent() ? covered.getAsLong() + 1 : 0;
    for (Segment segment : segments()) {
      boolean follows =
          before != null
              && before.last().isPresent()
              && segment.first() == before.last().getAsLong() + 1;
      if (!follows && segment.first() > next) {
        throw new DamagedFileException(
            segment.path(),
            "it begins with entry "
                + segment.first()
                + ", and nothing on this disk holds what comes before it");
      }
      scan(segment, entries, cut);
      before = segment;
    }
  }

  private static void scan(Segment segment, Consumer<LogEntryProto> entries, boolean cut)
      throws IOException {
    long[] last = {segment.first() - 1};
    SegmentScan.End end =
        SegmentScan.scan(
            Files.readAllBytes(segment.path()),
            segment.first(),
            entry -> {
              last[0] = entry.getIndex();
              entries.accept(entry);
            });
    switch (end) {
      case SegmentScan.End.Damaged damaged ->
          throw new DamagedFileException(
              segment.path(), damaged.what() + " (byte " + damaged.at() + ")");
      case SegmentScan.End.Torn torn -> {
        if (segment.last().isPresent()) {
          throw new DamagedFileException(
              segment.path(), "it ends in the middle of entry " + (last[0] + 1));
        }
        if (cut) {
          LOGGER.warn(
              "{} ends in the middle of entry {}, which was being written when this member stopped:"
                  + " nobody was promised it, it is dropped.",
              segment.path(),
              last[0] + 1);
          truncate(segment.path(), torn.validBytes());
        }
      }
      case SegmentScan.End.Clean() -> {
        if (segment.last().isPresent() && segment.last().getAsLong() != last[0]) {
          throw new DamagedFileException(
              segment.path(), "it ends with entry " + last[0] + " and not as its name says");
        }
      }
    }
  }

  private static void truncate(Path file, int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
      channel.force(true);
    }
  }

  private List<Segment> segments() throws IOException {
    var found = new ArrayList<Segment>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(current, "log_*")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        Matcher closed = CLOSED.matcher(name);
        Matcher open = OPEN.matcher(name);
        if (closed.matches()) {
          found.add(
              new Segment(
                  file,
                  Long.parseLong(closed.group(1)),
                  OptionalLong.of(Long.parseLong(closed.group(2)))));
        } else if (open.matches()) {
          found.add(new Segment(file, Long.parseLong(open.group(1)), OptionalLong.empty()));
        }
      }
    }
    found.sort(Comparator.comparingLong(Segment::first));
    return found;
  }
}
