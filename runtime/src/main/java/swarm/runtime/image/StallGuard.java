package swarm.runtime.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A connection that sends nothing for too long is closed, and its reader is told: the JDK's client
/// bounds the time to an answer's head, not that of its body. One reader.
final class StallGuard extends FilterInputStream {
  /// How often it is looked, for each limit.
  private static final int LOOKS = 4;

  private final Duration limit;
  private final CountDownLatch closed = new CountDownLatch(1);

  /// When the read that goes on began; 0 while there is none.
  private volatile long since;

  private volatile boolean stalled;

  /// @param limit for each read
  StallGuard(InputStream in, Duration limit) {
    super(in);
    this.limit = limit;
    Thread.ofVirtual().name("stall-guard").start(this::watch);
  }

  /// Only the time within a read counts: a reader may be as slow as it likes.
  private void watch() {
    try {
      while (!closed.await(limit.toNanos() / LOOKS, TimeUnit.NANOSECONDS)) {
        long began = since;
        if (began != 0 && System.nanoTime() - began >= limit.toNanos()) {
          stalled = true;
          in.close(); // wakes the reader
          return;
        }
      }
    } catch (InterruptedException | IOException _) {
      // nobody interrupts this thread, and a close that fails leaves nothing to be closed
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    long now = System.nanoTime();
    since = now == 0 ? 1 : now;
    try {
      int n = super.read(target, offset, length);
      if (!stalled) {
        return n;
      }
    } catch (IOException e) {
      if (!stalled) {
        throw e;
      }
    } finally {
      since = 0;
    }
    throw stalled();
  }

  private IOException stalled() {
    return new IOException("nothing came for " + limit.toMillis() / 1_000.0 + " s");
  }

  @Override
  public long skip(long n) throws IOException {
    // through read, so that it is watched
    byte[] rest = new byte[(int) Math.min(Math.max(n, 0), 64 * 1024)];
    return Math.max(0, read(rest, 0, rest.length));
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    super.close();
  }
}
