package swarm.runtime.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import swarm.runtime.archive.PaxAttributes;

/// Reads a layer's tar. What cannot be read is the layer's fault and is said so. For one thread.
final class LayerTarReader {
  private static final int HEADER = 512;

  private final InputStream tar;
  private final PaxAttributes attributes;
  private final TarArchiveInputStream in;
  private final InputStream content;
  private Map<String, byte[]> current = Map.of();

  /// @param tar an uncompressed one that supports marks
  LayerTarReader(InputStream tar) throws IOException {
    checkBeginning(tar);
    this.tar = tar;
    this.attributes = new PaxAttributes(tar);
    this.in = new TarArchiveInputStream(attributes, StandardCharsets.UTF_8.name());
    this.content = new Content(in);
  }

  /// The next entry; null at the end.
  @Nullable TarArchiveEntry next() throws IOException {
    TarArchiveEntry entry;
    try {
      entry = in.getNextEntry();
    } catch (IOException e) {
      throw damaged(e);
    }
    if (entry != null && !entry.isCheckSumOK()) {
      throw invalid("it is no tar, or a damaged one: a header's checksum is wrong");
    }
    if (entry != null) {
      attributes.mend(entry);
    }
    current = attributes.current(); // before more of the tar goes by
    return entry;
  }

  /// What the entry that was read last has in it.
  InputStream content() {
    return content;
  }

  /// The extended attributes of that entry.
  Map<String, byte[]> attributes() {
    return current;
  }

  /// Reads the rest: the digest covers the padding too.
  void drain() throws IOException {
    new Content(tar).transferTo(OutputStream.nullOutputStream());
  }

  /// What cannot be read is the layer's fault; what cannot be written is not.
  private static final class Content extends FilterInputStream {
    Content(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return super.read(target, offset, length);
      } catch (IOException e) {
        throw damaged(e);
      }
    }
  }

  private static IOException damaged(IOException e) {
    return e instanceof ImageException
        ? e
        : invalid("it is no tar, or a damaged one: " + e.getMessage());
  }

  /// The tar's reader takes what is shorter than one header for an empty archive. Nothing at all is
  /// one: some builders make such layers.
  private static void checkBeginning(InputStream tar) throws IOException {
    if (!tar.markSupported()) {
      throw new IllegalArgumentException("a tar's beginning must be readable twice");
    }
    tar.mark(HEADER);
    int length = new Content(tar).readNBytes(HEADER).length;
    tar.reset();
    if (length > 0 && length < HEADER) {
      throw invalid("it is no tar, but " + length + " bytes of something else");
    }
  }

  static ImageException invalid(String what) {
    return new ImageException(ImageException.Kind.INVALID, "the layer cannot be used: " + what);
  }
}
