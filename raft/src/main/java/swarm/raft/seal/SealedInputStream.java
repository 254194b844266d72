package swarm.raft.seal;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;

/// Opens what [SealedOutputStream] wrote. Bytes are handed out only after their chunk was
/// authenticated; the end of the stream only after the last chunk was. Not thread-safe.
public final class SealedInputStream extends InputStream {
  // Room for what a seal adds, whichever it is: a length beyond it is damage, not a big chunk.
  private static final int MAX_SEALED_BYTES =
      SealedOutputStream.CHUNK_HEADER_BYTES + SealedOutputStream.CHUNK_BYTES + 1024;

  private final DataInputStream in;
  private final Seal seal;
  private byte[] chunk = new byte[0];
  private byte[] streamId = new byte[0];
  private int position;
  private long number;
  private boolean last;

  /// Opens a stream; `in` is closed by [#close].
  ///
  /// @throws IOException where `in` does not begin like a sealed stream
  public SealedInputStream(InputStream in, Seal seal) throws IOException {
    this.in = new DataInputStream(in);
    this.seal = seal;
    int magic = this.in.readInt();
    if (magic != SealedOutputStream.MAGIC) {
      throw new IOException("Not a sealed stream: it begins with " + Integer.toHexString(magic));
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    while (position == chunk.length) {
      if (last) {
        return -1;
      }
      readChunk();
    }
    int n = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, bytes, offset, n);
    position += n;
    return n;
  }

  private void readChunk() throws IOException {
    byte[] opened = openNext();
    if (opened.length < SealedOutputStream.CHUNK_HEADER_BYTES) {
      throw damaged("is too short");
    }
    ByteBuffer header = ByteBuffer.wrap(opened);
    byte[] id = new byte[SealedOutputStream.STREAM_ID_BYTES];
    header.get(id);
    if (number == 0) {
      streamId = id;
    } else if (!Arrays.equals(id, streamId)) {
      throw damaged("belongs to another stream");
    }
    if (header.getLong() != number) {
      throw damaged("is not in its place");
    }
    last = header.get() == 1;
    number++;
    chunk = opened;
    position = SealedOutputStream.CHUNK_HEADER_BYTES;
  }

  private byte[] openNext() throws IOException {
    try {
      int length = in.readInt();
      if (length < 0 || length > MAX_SEALED_BYTES) {
        throw damaged("claims " + length + " bytes, more than " + MAX_SEALED_BYTES);
      }
      byte[] sealed = new byte[length];
      in.readFully(sealed);
      return seal.open(sealed);
    } catch (EOFException e) {
      throw new IOException("The sealed stream is cut off in chunk " + number + ".", e);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "Chunk " + number + " cannot be opened (" + e.getMessage() + "): wrong key or damage.",
          e);
    }
  }

  private IOException damaged(String how) {
    return new IOException("The sealed stream is damaged: chunk " + number + " " + how + ".");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
