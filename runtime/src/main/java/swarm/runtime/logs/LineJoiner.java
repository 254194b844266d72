package swarm.runtime.logs;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import swarm.runtime.stdio.StdStream;

/// Joins the parts of long or unfinished lines, each stream for itself. Not thread-safe.
final class LineJoiner {
  // As much as Docker keeps together; a longer line comes in several entries.
  static final int MAX_BYTES = 16 * 1024;

  private final Map<StdStream, Open> open = new EnumMap<>(StdStream.class);

  private record Open(Instant timestamp, ByteArrayOutputStream text) {}

  /// Takes the next line of the file; gives an entry where one is complete.
  Optional<LogEntry> add(LogLine line) {
    Open parts =
        open.computeIfAbsent(
            line.stream(), _ -> new Open(line.timestamp(), new ByteArrayOutputStream()));
    parts.text().writeBytes(line.text());
    if (!line.partial()) {
      parts.text().write('\n');
    } else if (parts.text().size() < MAX_BYTES) {
      return Optional.empty();
    }
    open.remove(line.stream());
    return Optional.of(new LogEntry(parts.timestamp(), line.stream(), parts.text().toByteArray()));
  }

  /// Gives what is unfinished, at the end of the log.
  List<LogEntry> flush() {
    List<LogEntry> rest = new ArrayList<>();
    open.forEach(
        (stream, parts) ->
            rest.add(new LogEntry(parts.timestamp(), stream, parts.text().toByteArray())));
    open.clear();
    return rest;
  }
}
