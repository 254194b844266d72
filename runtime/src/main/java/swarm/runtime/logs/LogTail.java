package swarm.runtime.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import swarm.runtime.stdio.StdStream;

/// Finds where the last lines of a log begin by reading its files backwards, the newest first. Not
/// thread-safe.
final class LogTail {
  private static final int CHUNK = 64 * 1024;

  private final int count;
  private final Predicate<LogLine> wanted;
  // the end of a stream's last line is missing where the process wrote none
  private final Set<StdStream> ended = EnumSet.noneOf(StdStream.class);
  private int seen;

  /// @param count how many lines are wanted; a line in several parts counts as one
  LogTail(int count, Predicate<LogLine> wanted) {
    this.count = Math.max(0, count);
    this.wanted = wanted;
  }

  /// Whether as many were found, and the beginning of the first of them.
  boolean complete() {
    return count == 0 || seen > count;
  }

  /// The offset in this file from which on there are at most as many whole lines as wanted,
  /// together with those of the newer files.
  long offset(FileChannel file) throws IOException {
    long position = file.size();
    long start = position;
    Deque<byte[]> carried = new ArrayDeque<>();
    while (position > 0 && !complete()) {
      int length = (int) Math.min(CHUNK, position);
      position -= length;
      byte[] bytes = read(file, position, length, carried);
      int end = bytes.length;
      for (int i = end - 1; i >= -1; i--) {
        boolean atLineStart = i < 0 ? position == 0 : bytes[i] == '\n';
        if (!atLineStart) {
          continue;
        }
        var line = LogLine.parse(bytes, i + 1, end - i - 1);
        if (line.isPresent() && wanted.test(line.get())) {
          boolean last = ended.add(line.get().stream());
          if (last || !line.get().partial()) {
            seen++;
          }
          if (seen > count) {
            return start;
          }
          start = position + i + 1;
        }
        end = Math.max(i, 0);
      }
      carried.clear();
      carried.push(Arrays.copyOf(bytes, end));
    }
    return start;
  }

  private static byte[] read(FileChannel file, long position, int length, Deque<byte[]> carried)
      throws IOException {
    byte[] rest = carried.isEmpty() ? new byte[0] : carried.peek();
    byte[] bytes = new byte[length + rest.length];
    var buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the log became shorter while it was read");
      }
    }
    System.arraycopy(rest, 0, bytes, length, rest.length);
    return bytes;
  }
}
