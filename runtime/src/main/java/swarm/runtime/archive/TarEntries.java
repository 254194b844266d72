package swarm.runtime.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

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
    for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      if (!entry.isCheckSumOK()) {
        throw new ArchiveException(
            "this is no tar, or a damaged one: a header's checksum is wrong");
      }
      attributes.name(entry);
      try {
        each.entry(entry, sums.watch(entry, attributes.current(), in), attributes.current());
        sums.end();
        padded.checkWhole(entry.getName());
      } catch (InvalidPathException e) {
        throw new ArchiveException(
            "'" + entry.getName() + "' cannot be a file here (" + e.getReason() + ")");
      }
    }
  }
}
