package swarm.runtime.logs;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import swarm.runtime.stdio.StdStream;

/// One physical line of conmon's `k8s-file` format (the Kubernetes CRI log format):
/// `2024-01-31T23:59:59.123456789+00:00 stdout F text`, where `P` in place of `F` marks a part that
/// the next line of the same stream continues. Pure.
///
/// @param timestamp when it was read from the process
/// @param stream which stream
/// @param partial whether the text goes on
/// @param text without a line feed; not to be changed
record LogLine(Instant timestamp, StdStream stream, boolean partial, byte[] text) {

  /// Parses a line without its line feed; nothing where it is none (torn by a crash, say).
  static Optional<LogLine> parse(byte[] line, int offset, int length) {
    int end = offset + length;
    int first = indexOfSpace(line, offset, end);
    int second = first < 0 ? -1 : indexOfSpace(line, first + 1, end);
    if (second < 0 || second + 2 > end) {
      return Optional.empty();
    }
    byte tag = line[second + 1];
    String name = new String(line, first + 1, second - first - 1, StandardCharsets.US_ASCII);
    boolean known = name.equals("stdout") || name.equals("stderr");
    if (!known || (tag != 'P' && tag != 'F')) {
      return Optional.empty();
    }
    try {
      Instant timestamp =
          OffsetDateTime.parse(new String(line, offset, first - offset, StandardCharsets.US_ASCII))
              .toInstant();
      byte[] text = Arrays.copyOfRange(line, Math.min(second + 3, end), end);
      StdStream stream = name.equals("stdout") ? StdStream.STDOUT : StdStream.STDERR;
      return Optional.of(new LogLine(timestamp, stream, tag == 'P', text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int indexOfSpace(byte[] line, int from, int end) {
    for (int i = from; i < end; i++) {
      if (line[i] == ' ') {
        return i;
      }
    }
    return -1;
  }
}
