package swarm.runtime.archive;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// How an archive is compressed, which its first bytes tell.
public enum Compression {
  NONE,
  GZIP,
  BZIP2,
  XZ,
  ZSTD;

  /// How many of the first bytes tell it.
  public static final int MAGIC = 6;

  private static final int BUFFER = 128 * 1024;

  /// What an archive may ask of our memory; `xz -9` asks for 65 MiB.
  private static final int XZ_MEMORY_KIB = 128 * 1024;

  /// @param magic the first [#MAGIC] bytes, or all where there are fewer
  public static Compression of(byte[] magic) {
    if (begins(magic, 0x1f, 0x8b)) {
      return GZIP;
    }
    if (begins(magic, 'B', 'Z', 'h')) {
      return BZIP2;
    }
    if (begins(magic, 0xfd, '7', 'z', 'X', 'Z')) {
      return XZ;
    }
    return begins(magic, 0x28, 0xb5, 0x2f, 0xfd) ? ZSTD : NONE;
  }

  /// The plain archive of one that may be compressed.
  public static InputStream open(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER);
    return plain(in, peek(in));
  }

  /// An archive as layers of images may be: plain, or compressed with gzip or zstd (OCI image
  /// specification, layer media types). One that is compressed otherwise becomes plain.
  public static InputStream openForLayer(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER);
    Compression compression = peek(in);
    return switch (compression) {
      case NONE, GZIP, ZSTD -> in;
      case BZIP2, XZ -> plain(in, compression);
    };
  }

  private static Compression peek(BufferedInputStream in) throws IOException {
    in.mark(MAGIC);
    byte[] magic = in.readNBytes(MAGIC);
    in.reset();
    return of(magic);
  }

  private static InputStream plain(InputStream in, Compression compression) throws IOException {
    return switch (compression) {
      case NONE -> in;
      case GZIP -> new GunzipStream(in, BUFFER);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
      case ZSTD -> new ZstdInputStream(in);
    };
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
