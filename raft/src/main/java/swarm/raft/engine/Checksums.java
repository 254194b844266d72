package swarm.raft.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import swarm.raft.log.DamagedFileException;

/// Checksums for the files that Ratis writes without any: its vote and its members.
///
/// Ratis replaces such a file whenever it likes, and a crash may come before we have looked at it.
/// So each checksum is kept with what tells the file that it is of from a newer one: its inode, and
/// the time of its change. The same inode and time with other bytes: broken. Another inode and the
/// same time: the file was copied to where it is now, if no newer one can have that time, and that
/// is so once the file was left alone for longer than clocks of file systems tick ([#SETTLED]). And
/// whatever the times say: a vote never goes back, and what says the same has the same bytes.
///
/// One thread at a time.
final class Checksums {
  private static final String NAME = "checksums";
  private static final String VOTE = "vote";
  private static final String CONFIGURATION = "configuration";
  private static final String SETTLED_WORD = "settled";

  /// Clocks of file systems tick every few milliseconds, the coarsest every two seconds.
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /// What a file was when its checksum was taken.
  ///
  /// @param settled whether no later file can have the same time
  record Mark(String crc, String inode, Instant time, boolean settled) {
    /// Whether a file with this mark is the one of `before` with other bytes. Pure.
    boolean breaks(Mark before) {
      return !crc.equals(before.crc)
          && sameTime(before)
          && (inode.equals(before.inode) || before.settled);
    }

    /// Some ways to copy keep the seconds only.
    private boolean sameTime(Mark before) {
      return time.equals(before.time) || time.equals(before.time.truncatedTo(ChronoUnit.SECONDS));
    }

    /// Whether a look at a file that is now of `inode` and `time` would tell nothing new.
    private boolean holds(Identity now) {
      return inode.equals(now.inode) && time.equals(now.time) && (settled || !now.settled);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Seen(Mark mark, byte[] bytes) {}

  private record Identity(String inode, Instant time, boolean settled) {}

  /// What is kept.
  ///
  /// @param vote null where there was none, as with what an older version kept
  /// @param configuration whose entry it was; null as with the vote
  private record Known(
      Map<String, Mark> marks, Metadata.@Nullable Vote vote, @Nullable TermIndex configuration) {
    static final Known NOTHING = new Known(Map.of(), null, null);
  }

  private final Path file;
  private final MemberDisk disk;
  private final List<Path> watched;
  private Known known = Known.NOTHING;

  /// @param directory of the member
  Checksums(Path directory, MemberDisk disk) {
    this.file = directory.resolve(NAME);
    this.disk = disk;
    this.watched = List.of(disk.vote(), disk.configuration());
  }

  /// Compares the files with what was seen of them last.
  ///
  /// @throws DamagedFileException where one changed by itself
  void check() throws IOException {
    known = load();
    for (Path each : watched) {
      Mark mark = known.marks().get(name(each));
      if (mark == null) {
        continue; // it came later than our last look
      }
      @Nullable Seen now = look(each);
      if (now == null) {
        throw new DamagedFileException(each, "it is gone");
      }
      if (!now.mark().crc().equals(mark.crc())
          && (now.mark().breaks(mark) || saysTheSame(each, now.bytes()))) {
        throw new DamagedFileException(each, "its bytes changed since it was written");
      }
    }
  }

  /// Whether a file with other bytes says what was said before. Ratis writes a vote only where it
  /// is another one, and an entry with the same bytes each time, unless it comes with a snapshot:
  /// then it has no term.
  private boolean saysTheSame(Path file, byte[] bytes) throws IOException {
    if (file.equals(disk.configuration())) {
      TermIndex now = TermIndex.valueOf(Metadata.configuration(file, bytes));
      return now.getTerm() > 0 && now.equals(known.configuration());
    }
    Metadata.Vote now = Metadata.vote(file, bytes);
    Metadata.Vote before = known.vote();
    if (before != null && !now.mayFollow(before)) {
      throw new DamagedFileException(file, "it says " + now + ", and it said " + before);
    }
    return now.equals(before);
  }

  /// Looks at the files; keeps their checksums where they are new ones.
  void refresh() throws IOException {
    if (!changed()) {
      return;
    }
    Map<String, Mark> next = new TreeMap<>();
    Metadata.@Nullable Vote vote = null;
    @Nullable TermIndex configuration = null;
    for (Path each : watched) {
      @Nullable Seen seen = look(each);
      if (seen != null) {
        next.put(name(each), seen.mark());
        if (each.equals(disk.vote())) {
          vote = Metadata.vote(each, seen.bytes());
        } else {
          configuration = TermIndex.valueOf(Metadata.configuration(each, seen.bytes()));
        }
      }
    }
    Known now = new Known(next, vote, configuration);
    save(now);
    known = now;
  }

  private boolean changed() throws IOException {
    for (Path each : watched) {
      Mark mark = known.marks().get(name(each));
      @Nullable Identity now = identity(each);
      if (mark == null ? now != null : now == null || !mark.holds(now)) {
        return true;
      }
    }
    return false;
  }

  /// Null where there is no such file, or it is being replaced just now: the next look will tell.
  private static @Nullable Seen look(Path path) throws IOException {
    @Nullable Identity before = identity(path);
    if (before == null) {
      return null;
    }
    try {
      byte[] bytes = Files.readAllBytes(path);
      String crc = ChecksummedText.crc(bytes);
      @Nullable Identity after = identity(path);
      return after != null && before.inode.equals(after.inode) && before.time.equals(after.time)
          ? new Seen(new Mark(crc, before.inode, before.time, before.settled), bytes)
          : null;
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private static @Nullable Identity identity(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      Instant time = attributes.lastModifiedTime().toInstant();
      boolean settled = time.plus(SETTLED).isBefore(Instant.now());
      return new Identity(String.valueOf(attributes.fileKey()), time, settled);
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private Known load() throws IOException {
    if (!Files.exists(file)) {
      return Known.NOTHING; // of a version that had none
    }
    Map<String, Mark> marks = new TreeMap<>();
    Metadata.@Nullable Vote vote = null;
    @Nullable TermIndex configuration = null;
    try {
      for (String line : ChecksummedText.read(file).lines().toList()) {
        String[] words = line.split("\t", -1);
        if (words[0].equals(VOTE) && words.length == 3) {
          byte[] votedFor = HexFormat.of().parseHex(words[2]);
          vote =
              new Metadata.Vote(
                  Long.parseLong(words[1]), new String(votedFor, StandardCharsets.UTF_8));
        } else if (words[0].equals(CONFIGURATION) && words.length == 3) {
          configuration = TermIndex.valueOf(Long.parseLong(words[1]), Long.parseLong(words[2]));
        } else if (words.length >= 3) {
          int at = words[2].lastIndexOf('@');
          Instant time = Instant.parse(words[2].substring(at + 1));
          boolean settled = words.length > 3 && words[3].equals(SETTLED_WORD);
          marks.put(words[0], new Mark(words[1], words[2].substring(0, at), time, settled));
        }
      }
    } catch (DateTimeParseException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DamagedFileException(file, "it has not the form that it needs: " + e.getMessage());
    }
    return new Known(marks, vote, configuration);
  }

  private void save(Known now) throws IOException {
    var text = new StringBuilder();
    now.marks()
        .forEach(
            (name, mark) ->
                text.append(name)
                    .append('\t')
                    .append(mark.crc())
                    .append('\t')
                    .append(mark.inode())
                    .append('@')
                    .append(mark.time())
                    .append(mark.settled() ? "\t" + SETTLED_WORD : "")
                    .append('\n'));
    Metadata.Vote vote = now.vote();
    if (vote != null) {
      text.append(VOTE)
          .append('\t')
          .append(vote.term())
          .append('\t')
          .append(HexFormat.of().formatHex(vote.votedFor().getBytes(StandardCharsets.UTF_8)))
          .append('\n');
    }
    TermIndex configuration = now.configuration();
    if (configuration != null) {
      text.append(CONFIGURATION)
          .append('\t')
          .append(configuration.getTerm())
          .append('\t')
          .append(configuration.getIndex())
          .append('\n');
    }
    ChecksummedText.replace(file, text.toString());
  }
}
