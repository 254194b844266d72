package swarm.raft.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.storage.RaftStorageDirectory;
import org.apache.ratis.util.AtomicFileOutputStream;
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

  /// What a crash left at the end of the file that is written to.
  private record Torn(Path path, int validBytes, long entry) {}

  /// What was found in the log.
  private record Scan(CommitMark.LogEnd end, Optional<Torn> torn) {}

  /// @param last empty for the file that is written to
  private record Segment(Path path, long first, OptionalLong last) {}

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

  /// Ratis' folder of everything else.
  Path root() {
    return current.resolveSibling(".").normalize();
  }

  /// Where Ratis puts a snapshot while it comes in. What a crash leaves there stays.
  private Path incoming() {
    return root().resolve(RaftStorageDirectory.TMP_DIR_NAME);
  }

  /// Looks at every byte, and cuts off what a crash left of a write that nobody was promised. What
  /// is left is on the disk, and not only in the kernel's memory, when this returns: Ratis takes
  /// what it reads for flushed.
  ///
  /// @param least what must be there
  /// @throws DamagedFileException where a file is not as it was written, or is missing
  void check(CommitMark least) throws IOException {
    var files = new SnapshotFiles(snapshots);
    files.putBack();
    Optional<LogEntryProto> configuration = readConfiguration();
    OptionalLong covered = OptionalLong.empty();
    for (SnapshotFiles.Snapshot snapshot : files.all()) {
      SnapshotFiles.check(snapshot.path());
      covered = OptionalLong.of(snapshot.index());
    }
    long[] newestTerm = {least.term()};
    Scan scan =
        scan(
            covered,
            entry -> {
              newestTerm[0] = Math.max(newestTerm[0], entry.getTerm());
              compare(entry, configuration, least);
            });
    checkEnd(scan.end(), least);
    checkVote(newestTerm[0]);
    if (covered.isEmpty() && !Files.isDirectory(incoming())) {
      checkReaches(scan.end(), configuration);
    }
    if (scan.torn().isPresent()) {
      drop(scan.torn().get());
    }
    flushLog();
  }

  private Optional<LogEntryProto> readConfiguration() throws IOException {
    return Files.exists(configuration())
        ? Optional.of(Metadata.configuration(configuration(), Files.readAllBytes(configuration())))
        : Optional.empty();
  }

  /// An entry is one of a kind by its index and term.
  private void compare(LogEntryProto entry, Optional<LogEntryProto> configuration, CommitMark least)
      throws DamagedFileException {
    if (entry.getIndex() == least.index() && entry.getTerm() != least.term()) {
      throw new DamagedFileException(
          current,
          "entry "
              + entry.getIndex()
              + " is of term "
              + entry.getTerm()
              + ", and one of term "
              + least.term()
              + " was committed and flushed here");
    }
    if (configuration.isPresent()
        && configuration.get().getIndex() == entry.getIndex()
        && configuration.get().getTerm() == entry.getTerm()
        && !configuration.get().equals(entry)) {
      throw new DamagedFileException(
          configuration(), "it is not what entry " + entry.getIndex() + " of the log says");
    }
  }

  /// @throws DamagedFileException where the disk does not hold what it must
  void checkEnd(CommitMark.LogEnd end, CommitMark least) throws DamagedFileException {
    Optional<String> missing = least.missing(end);
    if (missing.isPresent()) {
      throw new DamagedFileException(end.file(), missing.get());
    }
  }

  /// A member writes down the term before it takes an entry of it.
  private void checkVote(long newestTerm) throws IOException {
    if (!Files.exists(vote())) {
      if (!onlyLeftOvers()) {
        throw new DamagedFileException(vote(), "it is gone");
      }
      return; // it never started
    }
    Metadata.Vote now = Metadata.vote(vote(), Files.readAllBytes(vote()));
    if (now.term() < newestTerm) {
      throw new DamagedFileException(
          vote(), "it says " + now + ", and the log has entries of term " + newestTerm);
    }
  }

  /// Whether Ratis would take its folder for a new one: nothing is in it but a vote that it did not
  /// come to put in place.
  private boolean onlyLeftOvers() throws IOException {
    if (!Files.isDirectory(current)) {
      return true;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(current)) {
      for (Path file : files) {
        if (!file.equals(AtomicFileOutputStream.getTemporaryFile(vote().toFile()).toPath())) {
          return false;
        }
      }
    }
    return true;
  }

  /// Ratis writes down the members once their entry is committed, and flushed here. Only with a
  /// snapshot that comes in it writes those that its sender has, which may be newer.
  private void checkReaches(CommitMark.LogEnd end, Optional<LogEntryProto> configuration)
      throws DamagedFileException {
    if (configuration.isPresent()) {
      LogEntryProto entry = configuration.get();
      checkEnd(end, new CommitMark(entry.getIndex(), entry.getTerm()));
    }
  }

  /// The newest snapshot, whole.
  Optional<SnapshotFiles.Snapshot> newestSnapshot() throws IOException {
    return new SnapshotFiles(snapshots).newest();
  }

  /// Hears of entries.
  @FunctionalInterface
  interface Entries {
    void next(LogEntryProto entry) throws IOException;
  }

  /// Reads all entries, whether they are known to be committed or not.
  ///
  /// @param covered the index of a snapshot that the entries must follow on
  CommitMark.LogEnd entries(OptionalLong covered, Entries entries) throws IOException {
    return scan(covered, entries).end();
  }

  private Scan scan(OptionalLong covered, Entries entries) throws IOException {
    @Nullable Segment before = null;
    Optional<Torn> torn = Optional.empty();
    long reached = covered.orElse(-1);
    long next = reached + 1;
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
      Scan found = scan(segment, entries);
      reached = Math.max(reached, found.end().index());
      torn = found.torn();
      before = segment;
    }
    return new Scan(new CommitMark.LogEnd(reached, before == null ? current : before.path()), torn);
  }

  private static Scan scan(Segment segment, Entries entries) throws IOException {
    long[] last = {segment.first() - 1};
    SegmentScan.End end =
        SegmentScan.scan(
            Files.readAllBytes(segment.path()),
            segment.first(),
            entry -> {
              last[0] = entry.getIndex();
              entries.next(entry);
            });
    Optional<Torn> torn =
        switch (end) {
          case SegmentScan.End.Damaged damaged ->
              throw new DamagedFileException(
                  segment.path(), damaged.what() + " (byte " + damaged.at() + ")");
          case SegmentScan.End.Torn at -> {
            if (segment.last().isPresent()) {
              throw new DamagedFileException(
                  segment.path(), "it ends in the middle of entry " + (last[0] + 1));
            }
            yield Optional.of(new Torn(segment.path(), at.validBytes(), last[0] + 1));
          }
          case SegmentScan.End.Clean() -> {
            if (segment.last().isPresent() && segment.last().getAsLong() != last[0]) {
              throw new DamagedFileException(
                  segment.path(), "it ends with entry " + last[0] + " and not as its name says");
            }
            yield Optional.empty();
          }
        };
    return new Scan(new CommitMark.LogEnd(last[0], segment.path()), torn);
  }

  private static void drop(Torn torn) throws IOException {
    LOGGER.warn(
        "{} ends in the middle of entry {}, which was being written when this member stopped:"
            + " nobody was promised it, it is dropped.",
        torn.path(),
        torn.entry());
    try (FileChannel channel = FileChannel.open(torn.path(), StandardOpenOption.WRITE)) {
      channel.truncate(torn.validBytes());
    }
  }

  private void flushLog() throws IOException {
    for (Segment segment : segments()) {
      if (segment.last().isEmpty()) {
        Disk.flush(segment.path());
      }
    }
    if (Files.isDirectory(current)) {
      Disk.flushDirectory(current);
    }
  }

  private List<Segment> segments() throws IOException {
    var found = new ArrayList<Segment>();
    if (!Files.isDirectory(current)) {
      return found; // it never started
    }
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
