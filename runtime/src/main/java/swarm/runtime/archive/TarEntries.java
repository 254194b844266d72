package swarm.runtime.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/// The entries of an uncompressed tar, one after the other, as they are: names that are not UTF-8,
/// binary attributes, and whole.
final class TarEntries {
  /// What a tar is read in; its writer may have used larger blocks, and filled the last one.
  private static final int RECORD = 512;

  private TarEntries() {}

  /// What is done with an entry.
  @FunctionalInterface
  interface Each {
    /// @param content to be read while it is the entry's turn
    void entry(TarArchiveEntry entry, InputStream content, Map<String, byte[]> attributes)
        throws IOException;
  }

  /// Reads them all.
  ///
  /// @param sums gets to know each entry, of whose content `each` reads all
  /// @throws ArchiveException for what is no tar, or a damaged one
  static void each(InputStream tar, TarSums sums, Each each) throws IOException {
    var padded = new PaddedTar(tar);
    var attributes = new PaxAttributes(padded);
    var in = new TarArchiveInputStream(attributes, RECORD, RECORD, StandardCharsets.UTF_8.name());
    var content = new Content(in, padded);
    for (TarArchiveEntry entry = next(in, padded); entry != null; entry = next(in, padded)) {
      if (!entry.isCheckSumOK()) {
        throw new ArchiveException(
            "this is no tar, or a damaged one: a header's checksum is wrong");
      }
      attributes.mend(entry);
      try {
        each.entry(entry, sums.watch(entry, attributes.current(), content), attributes.current());
        sums.end();
        padded.checkWhole(entry.getName());
      } catch (InvalidPathException e) {
        throw new ArchiveException(
            "'" + entry.getName() + "' cannot be a file here (" + e.getReason() + ")");
      }
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream in, PaddedTar tar)
      throws IOException {
    try {
      return in.getNextEntry();
    } catch (IOException e) {
      throw damaged(e, tar);
    }
  }

  /// What cannot be read by a tar's reader is the tar's fault, unless its bytes could not be had.
  private static IOException damaged(IOException e, PaddedTar tar) {
    return e instanceof ArchiveException || tar.failed()
        ? e
        : new ArchiveException("this is no tar, or a damaged one: " + e.getMessage());
  }

  /// What an entry has in it.
  private static final class Content extends FilterInputStream {
    private final PaddedTar tar;

    Content(InputStream in, PaddedTar tar) {
      super(in);
      this.tar = tar;
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
        throw damaged(e, tar);
      }
    }
  }
}
