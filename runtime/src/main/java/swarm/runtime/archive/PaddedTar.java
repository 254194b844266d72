package swarm.runtime.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A tar whose writer may have left out what fills its last record: docker's client does, where it
/// puts a Dockerfile from its standard input into a context. Not for several threads.
final class PaddedTar extends FilterInputStream {
  private static final int RECORD = 512;

  private long count;
  private boolean padded;
  private boolean failed;

  PaddedTar(InputStream in) {
    super(in);
  }

  /// To be called when an entry's content was read.
  ///
  /// @throws ArchiveException where a part of it was what fills records: the archive is cut short
  void checkWhole(String entry) throws ArchiveException {
    if (padded) {
      throw new ArchiveException("the archive ends within '" + entry + "'");
    }
  }

  /// Whether its bytes could not be had, or not be passed on.
  boolean failed() {
    return failed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    failed = true; // until it is known better
    int n = super.read(target, offset, length);
    failed = false;
    if (n >= 0) {
      count += n;
      return n;
    }
    int missing = (int) ((RECORD - count % RECORD) % RECORD);
    if (missing == 0 || length == 0) {
      return n;
    }
    padded = true;
    int fill = Math.min(missing, length);
    java.util.Arrays.fill(target, offset, offset + fill, (byte) 0);
    count += fill;
    return fill;
  }

  @Override
  public long skip(long n) throws IOException {
    byte[] buffer = new byte[Math.clamp(n, 0, RECORD)];
    int read = buffer.length == 0 ? 0 : read(buffer, 0, buffer.length);
    return Math.max(0, read);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
