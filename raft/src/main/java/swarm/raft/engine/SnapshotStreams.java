package swarm.raft.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import swarm.raft.seal.Seal;
import swarm.raft.seal.SealedInputStream;
import swarm.raft.seal.SealedOutputStream;

/// What is between a state and its snapshot's file: the state's bytes are compressed (zlib, behind
/// a mark), then sealed. Sealing costs a second for 15 MB on the quick compiler (`DESIGN.md`), and
/// the state of a cluster shrinks to a tenth.
///
/// What earlier versions wrote is sealed only; it has no mark, and is read as it is.
final class SnapshotStreams {
  private static final int MARK = 0x53575A31; // "SWZ1"
  private static final int BUFFER_BYTES = 64 * 1024;

  private SnapshotStreams() {}

  /// Takes a state's bytes; closing it ends the snapshot and closes `file`.
  ///
  /// @param onSize told then how many bytes the state has
  static OutputStream writing(OutputStream file, Seal seal, LongConsumer onSize)
      throws IOException {
    var sealed = new SealedOutputStream(new BufferedOutputStream(file, BUFFER_BYTES), seal);
    sealed.write(ByteBuffer.allocate(Integer.BYTES).putInt(MARK).array());
    var fast = new Deflater(Deflater.BEST_SPEED);
    return new BufferedOutputStream(
        new DeflaterOutputStream(sealed, fast, BUFFER_BYTES) {
          @Override
          public void close() throws IOException {
            try {
              super.close();
              onSize.accept(fast.getBytesRead());
            } finally {
              fast.end();
            }
          }
        },
        BUFFER_BYTES);
  }

  /// Gives a state's bytes back.
  ///
  /// @param onSize told, once it is closed, how many there were; not told of what earlier versions
  ///   wrote, where it is the size of the file
  /// @throws IOException where `file` is not as it was written, or under another key
  static InputStream reading(InputStream file, Seal seal, LongConsumer onSize) throws IOException {
    var sealed =
        new PushbackInputStream(
            new SealedInputStream(new BufferedInputStream(file, BUFFER_BYTES), seal),
            Integer.BYTES);
    byte[] mark = sealed.readNBytes(Integer.BYTES);
    if (mark.length < Integer.BYTES || ByteBuffer.wrap(mark).getInt() != MARK) {
      sealed.unread(mark);
      return sealed;
    }
    var inflater = new Inflater();
    return new BufferedInputStream(
        new InflaterInputStream(sealed, inflater, BUFFER_BYTES) {
          @Override
          public void close() throws IOException {
            try {
              onSize.accept(inflater.getBytesWritten());
              super.close();
            } finally {
              inflater.end();
            }
          }
        },
        BUFFER_BYTES);
  }
}
