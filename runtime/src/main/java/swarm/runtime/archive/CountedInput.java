package swarm.runtime.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/// Counts what is read, and may tell. Not for several threads.
public final class CountedInput extends FilterInputStream {
  private final LongConsumer listener;
  private long count;

  public CountedInput(InputStream in) {
    this(in, _ -> {});
  }

  /// @param listener hears each time how many bytes were read so far
  public CountedInput(InputStream in, LongConsumer listener) {
    super(in);
    this.listener = listener;
  }

  /// Bytes so far.
  public long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n = super.read(target, offset, length);
    if (n > 0) {
      count += n;
      listener.accept(count);
    }
    return n;
  }
}
