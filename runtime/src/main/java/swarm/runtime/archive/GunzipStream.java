package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// What was compressed with gzip (RFC 1952), judged as Go does it: members follow one another until
/// the end, sums and lengths must be right, and nothing else may come behind. Java's own stream
/// takes garbage, and takes the end for a network's that has nothing more to give at the moment.
final class GunzipStream extends InputStream {
  private static final int ID1 = 0x1f;
  private static final int ID2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HEADER_SUM = 1 << 1;
  private static final int EXTRA = 1 << 2;
  private static final int NAME = 1 << 3;
  private static final int COMMENT = 1 << 4;

  /// Of the time, the compressor's effort and its system.
  private static final int UNUSED = 6;

  private final InputStream in;
  private final byte[] buffer;
  private int at;
  private int end;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 sum = new CRC32();
  private final CRC32 headerSum = new CRC32();
  private boolean ended;

  /// @param buffer bytes that are read at once
  /// @throws ArchiveException where there is no member
  GunzipStream(InputStream in, int buffer) throws IOException {
    this.in = in;
    this.buffer = new byte[buffer];
    boolean opened = false;
    try {
      if (!hasMore()) {
        throw early();
      }
      header();
      opened = true;
    } finally {
      if (!opened) {
        inflater.end();
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int n = inflate(target, offset, length);
      if (n > 0) {
        sum.update(target, offset, n);
        return n;
      }
      if (inflater.finished()) {
        endOfMember();
      } else if (inflater.needsDictionary()) {
        throw damaged("it wants a dictionary, which gzip has not");
      } else if (!hasMore()) {
        throw early();
      } else {
        inflater.setInput(buffer, at, end - at);
        at = end;
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws ArchiveException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw damaged("invalid data (" + e.getMessage() + ")");
    }
  }

  private void endOfMember() throws IOException {
    at = end - inflater.getRemaining();
    long expected = number();
    if (expected != sum.getValue()) {
      throw damaged(
          "invalid checksum: its content's is %08x, not %08x".formatted(sum.getValue(), expected));
    }
    long length = number();
    if (length != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw damaged(
          "invalid checksum: it has " + inflater.getBytesWritten() + " bytes, and says " + length);
    }
    if (hasMore()) {
      inflater.reset();
      sum.reset();
      header();
    } else {
      ended = true;
    }
  }

  private void header() throws IOException {
    headerSum.reset();
    if (headerByte() != ID1 || headerByte() != ID2 || headerByte() != DEFLATE) {
      throw damaged("invalid header: what is there is not gzip's");
    }
    int flags = headerByte();
    skip(UNUSED);
    if ((flags & EXTRA) != 0) {
      skip(headerByte() | (headerByte() << 8));
    }
    if ((flags & NAME) != 0) {
      text();
    }
    if ((flags & COMMENT) != 0) {
      text();
    }
    if ((flags & HEADER_SUM) != 0) {
      long actual = headerSum.getValue() & 0xffff;
      if (actual != (headerByte() | (headerByte() << 8))) {
        throw damaged("invalid header: its checksum is wrong");
      }
    }
  }

  private void text() throws IOException {
    int one = headerByte();
    while (one != 0) {
      one = headerByte();
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      var _ = headerByte();
    }
  }

  private int headerByte() throws IOException {
    int one = next();
    headerSum.update(one);
    return one;
  }

  private long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= (long) next() << shift;
    }
    return value;
  }

  private int next() throws IOException {
    if (!hasMore()) {
      throw early();
    }
    return buffer[at++] & 0xff;
  }

  private boolean hasMore() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer, 0, buffer.length));
    }
    return at < end;
  }

  private static ArchiveException early() {
    return damaged("unexpected EOF: it ends too early");
  }

  private static ArchiveException damaged(String how) {
    return new ArchiveException("the archive is damaged: gzip: " + how);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
