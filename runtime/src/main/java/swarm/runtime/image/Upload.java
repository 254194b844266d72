package swarm.runtime.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.util.function.LongConsumer;

/// The body of a request that may have to be sent again. Knows when a byte of it went last: a
/// connection that takes none for too long is given up. One request at a time.
final class Upload {
  /// Opens the content at its beginning.
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  private final Source source;
  private final long length;
  private final LongConsumer progress;
  private volatile long moved = System.nanoTime();

  /// @param length in bytes, from the beginning that the source opens
  /// @param progress hears how many bytes went, from time to time
  Upload(Source source, long length, LongConsumer progress) {
    this.source = source;
    this.length = length;
    this.progress = progress;
  }

  static Upload of(byte[] content) {
    return new Upload(() -> new java.io.ByteArrayInputStream(content), content.length, _ -> {});
  }

  HttpRequest.BodyPublisher publisher() {
    moved = System.nanoTime();
    return length == 0
        ? HttpRequest.BodyPublishers.noBody()
        : HttpRequest.BodyPublishers.fromPublisher(
            HttpRequest.BodyPublishers.ofInputStream(this::opened), length);
  }

  /// How long nothing has gone, in nanoseconds.
  long idle() {
    return System.nanoTime() - moved;
  }

  private InputStream opened() {
    try {
      return new Counted(source.open());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int size) throws IOException {
      int n = super.read(target, offset, size);
      moved = System.nanoTime();
      if (n > 0) {
        count += n;
        progress.accept(count);
      }
      return n;
    }
  }
}
