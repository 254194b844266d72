package swarm.runtime.archive;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/// Compressed archives, which their first bytes tell.
public final class Compression {
  private static final int BUFFER = 128 * 1024;
  private static final int MAGIC = 6;

  private Compression() {}

  /// The plain archive of one that may be compressed with gzip, bzip2 or zstd.
  ///
  /// @throws ArchiveException for xz, which this program cannot read
  public static InputStream open(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER);
    in.mark(MAGIC);
    byte[] magic = in.readNBytes(MAGIC);
    in.reset();
    if (begins(magic, 0x1f, 0x8b)) {
      return new GZIPInputStream(in, BUFFER);
    }
    if (begins(magic, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(in, true);
    }
    if (begins(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdInputStream(in);
    }
    if (begins(magic, 0xfd, '7', 'z', 'X', 'Z')) {
      throw new ArchiveException(
          "an archive compressed with xz cannot be read: use gzip, bzip2, zstd or none");
    }
    return in;
  }

  private static boolean begins(byte[] bytes, int... wanted) {
    if (bytes.length < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if ((bytes[i] & 0xff) != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
