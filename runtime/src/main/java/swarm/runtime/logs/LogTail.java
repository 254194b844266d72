package swarm.runtime.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import swarm.runtime.stdio.StdStream;

/// Finds where the last lines of a log begin by reading it backwards.
final class LogTail {
  private static final int CHUNK = 64 * 1024;

  private LogTail() {}

  /// The offset from which on there are at most `count` whole lines (a line in several parts counts
  /// as one) that `wanted` takes.
  static long offset(FileChannel file, int count, java.util.function.Predicate<LogLine> wanted)
      throws IOException {
    long position = file.size();
    if (count <= 0) {
      return position;
    }
    int seen = 0;
    // the end of a stream's last line is missing where the process wrote none
    Set<StdStream> ended = EnumSet.noneOf(StdStream.class);
    long start = position;
    Deque<byte[]> carried = new ArrayDeque<>();
    while (position > 0) {
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
      carried.push(java.util.Arrays.copyOf(bytes, end));
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
