package swarm.raft.engine;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Rests after each write for as long as was worked since the last one, in what comes before this
/// stream and behind it: whoever writes much takes half of a processor, and leaves it free in small
/// steps.
///
/// Not by a lower priority of the thread: the collector stops all threads, and one that waits for a
/// processor behind all others lets them wait with it. A resting thread is a stopped one.
///
/// To be used by one thread at a time.
final class PacedOutputStream extends FilterOutputStream {
  /// On a busy machine much of the work was waiting for a processor.
  private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private long since = System.nanoTime();

  /// @param out takes what is written; best in pieces that take a few milliseconds
  PacedOutputStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    LockSupport.parkNanos(restAfter(System.nanoTime() - since));
    since = System.nanoTime();
  }

  /// Pure.
  ///
  /// @param workedNanos how long was worked
  /// @return how long to rest, in nanoseconds
  static long restAfter(long workedNanos) {
    return Math.clamp(workedNanos, 0, LONGEST_REST_NANOS);
  }
}
