package swarm.raft.seal;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/// Seals a stream of any length in chunks, so that it never has to be in memory as a whole.
///
/// Layout: magic (4 bytes), then chunks: length of the sealed chunk (4 bytes, big endian), sealed
/// chunk. In the seal: stream id (16 random bytes, the same in every chunk), chunk number (8
/// bytes), `1` in the last chunk and else `0` (1 byte), data. So chunks that were swapped, dropped,
/// taken from another stream or cut off at the end are noticed by [SealedInputStream].
///
/// The stream ends with [#close]; one that was not closed cannot be read. Not thread-safe.
public final class SealedOutputStream extends OutputStream {
  /// Most bytes of data in one chunk.
  public static final int CHUNK_BYTES = 256 * 1024;

  static final int MAGIC = 0x53574D31; // "SWM1"
  static final int STREAM_ID_BYTES = 16;
  static final int CHUNK_HEADER_BYTES = STREAM_ID_BYTES + Long.BYTES + 1;

  private final DataOutputStream out;
  private final Seal seal;
  private final byte[] chunk = new byte[CHUNK_HEADER_BYTES + CHUNK_BYTES];
  private int filled = CHUNK_HEADER_BYTES;
  private long number;
  private boolean closed;

  /// Starts a stream on `out`, which [#close] closes.
  public SealedOutputStream(OutputStream out, Seal seal) throws IOException {
    this.out = new DataOutputStream(out);
    this.seal = seal;
    byte[] id = new byte[STREAM_ID_BYTES];
    new SecureRandom().nextBytes(id);
    System.arraycopy(id, 0, chunk, 0, id.length);
    this.out.writeInt(MAGIC);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("The sealed stream is already closed.");
    }
    int from = offset;
    int left = length;
    while (left > 0) {
      if (filled == chunk.length) {
        writeChunk(false);
      }
      int n = Math.min(left, chunk.length - filled);
      System.arraycopy(bytes, from, chunk, filled, n);
      filled += n;
      from += n;
      left -= n;
    }
  }

  private void writeChunk(boolean last) throws IOException {
    ByteBuffer.wrap(chunk, STREAM_ID_BYTES, Long.BYTES + 1)
        .putLong(number++)
        .put((byte) (last ? 1 : 0));
    byte[] sealed = seal.seal(Arrays.copyOf(chunk, filled));
    out.writeInt(sealed.length);
    out.write(sealed);
    filled = CHUNK_HEADER_BYTES;
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      writeChunk(true);
    }
  }
}
