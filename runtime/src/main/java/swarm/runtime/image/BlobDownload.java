package swarm.runtime.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/// One blob on its way: where the connection breaks, it goes on where it was (RFC 9110, section
/// 14.2), a bounded number of times without a byte between them: what breaks off again and again
/// but comes nearer is a bad line, not a lost one. It has exactly as many bytes as were promised,
/// or fails; whether they are the right ones is the reader's to check. Confined to one thread.
final class BlobDownload extends InputStream {
  private static final int ATTEMPTS = 5;
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long REPORT_EVERY_BYTES = 512 * 1024;

  /// Where the content comes from.
  @FunctionalInterface
  interface Source {
    /// @param offset how many bytes are here already
    RegistryClient.Blob open(long offset) throws IOException, InterruptedException;
  }

  private final Source source;
  private final String digest;
  private final String label;
  private final long size;
  private final Progress progress;
  private @Nullable InputStream in;
  private long count;
  private long told;
  private int failures; // since the last byte

  /// @param label for the progress; empty for none
  /// @param size that was promised; -1 for none
  BlobDownload(Source source, String digest, String label, long size, Progress progress) {
    this.source = source;
    this.digest = digest;
    this.label = label;
    this.size = size;
    this.progress = progress;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (true) {
      try {
        int n = opened().read(target, offset, length);
        if (n < 0 && count < size) {
          throw new IOException("it ended after " + count + " of " + size + " bytes");
        }
        if (n > 0) {
          count += n;
          failures = 0;
        }
        if (size >= 0 && count > size) {
          throw Configuration.invalid(
              "blob " + digest + " is longer than the " + size + " bytes that its manifest gives");
        }
        report();
        return n;
      } catch (ImageException e) {
        throw e;
      } catch (IOException e) {
        again(e);
      }
    }
  }

  private InputStream opened() throws IOException {
    InputStream now = in;
    if (now == null) {
      try {
        RegistryClient.Blob blob = source.open(count);
        now = blob.in();
        in = now;
        now.skipNBytes(count - blob.offset()); // a registry without parts sends all of it again
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw interrupted();
      }
    }
    return now;
  }

  private void again(IOException why) throws IOException {
    close();
    failures++;
    if (why instanceof InterruptedIOException) {
      throw why;
    }
    if (failures == ATTEMPTS) {
      throw new ImageException(
          ImageException.Kind.UNAVAILABLE,
          "blob " + digest + " broke off " + ATTEMPTS + " times: " + why.getMessage());
    }
    if (!label.isEmpty()) {
      progress.report(label, "Retrying");
    }
    try {
      Thread.sleep(FIRST_PAUSE_MILLIS << (failures - 1));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    return new InterruptedIOException("the pull was interrupted");
  }

  private void report() {
    if (!label.isEmpty() && count - told >= REPORT_EVERY_BYTES) {
      told = count;
      progress.report(label, "Downloading", count, size);
    }
  }

  @Override
  public void close() throws IOException {
    InputStream now = in;
    in = null;
    if (now != null) {
      now.close();
    }
  }
}
