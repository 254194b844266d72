package swarm.runtime.syslog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import swarm.runtime.logs.LogEntry;
import swarm.runtime.logs.LogQuery;

/// How far a log was sent: lines have no numbers, and several may have one time.
///
/// @param at the time of the last line that was sent
/// @param count how many lines of that time were
public record SentMark(Instant at, int count) {
  /// Nothing was.
  public static final SentMark NONE = new SentMark(Instant.MIN, 0);

  /// After one more line.
  SentMark after(LogEntry entry) {
    return new SentMark(entry.timestamp(), entry.timestamp().equals(at) ? count + 1 : 1);
  }

  /// What is left of the log; the lines of [#at] come again.
  public LogQuery rest() {
    return new LogQuery(
        true,
        at.equals(Instant.MIN) ? Optional.empty() : Optional.of(at),
        Optional.empty(),
        OptionalInt.empty(),
        true,
        true);
  }

  /// What [#write] wrote, or [#NONE].
  public static SentMark read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return NONE;
    }
    String[] parts = Files.readString(file).strip().split(" ");
    try {
      return new SentMark(Instant.parse(parts[0]), Integer.parseInt(parts[1]));
    } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return NONE; // torn: what was sent is sent again
    }
  }

  /// Replaces the file by a rename.
  public void write(Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, at + " " + count + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
