package swarm.raft.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.raft.log.DamagedFileException;

/// An entry that is known to be committed and to be flushed on this disk, kept in a file of its own
/// beside the log: the log, or a snapshot, must reach at least that far whenever this member
/// starts.
///
/// Only committed entries: those never go away again, whatever the others do, so an old mark is
/// weaker than a new one, and never wrong.
///
/// @param index negative where nothing is known yet
/// @param term of that entry
record CommitMark(long index, long term) {
  /// Nothing is known yet.
  static final CommitMark NONE = new CommitMark(-1, 0);

  private static final String NAME = "committed";
  private static final Pattern FORM = Pattern.compile("index=(-?\\d{1,18})\nterm=(\\d{1,18})\n");

  /// The one that is kept; [#NONE] where there is none.
  ///
  /// @param directory of the member
  static CommitMark load(Path directory) throws IOException {
    Path file = file(directory);
    if (!Files.exists(file)) {
      return NONE;
    }
    Matcher read = FORM.matcher(ChecksummedText.read(file));
    if (!read.matches()) {
      throw new DamagedFileException(file, "it names no entry");
    }
    return new CommitMark(Long.parseLong(read.group(1)), Long.parseLong(read.group(2)));
  }

  void save(Path directory) throws IOException {
    ChecksummedText.replace(file(directory), "index=" + index + "\nterm=" + term + "\n");
  }

  static Path file(Path directory) {
    return directory.resolve(NAME);
  }

  /// What is wrong with a disk that ends like this; empty where nothing is. Pure.
  Optional<String> missing(LogEnd end) {
    if (end.index() >= index) {
      return Optional.empty();
    }
    return Optional.of(
        "it ends with "
            + (end.index() < 0 ? "nothing in it" : "entry " + end.index())
            + ", and entry "
            + index
            + " (term "
            + term
            + ") was committed and flushed here");
  }

  /// The newest that a disk holds.
  ///
  /// @param index of the last entry, or of the snapshot where that is newer; negative where there
  ///   is nothing
  /// @param file the last of the log, or the folder where there is none
  record LogEnd(long index, Path file) {}
}
