package swarm.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.linux.FileNames;

/// Names that are not UTF-8, in each place where a tar may have them.
class PaxAttributesTest {
  private static final String LATIN = StandardCharsets.ISO_8859_1.name();

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] tar(int longNames, String name, String link) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, LATIN)) {
      tar.setLongFileMode(longNames);
      var entry = new TarArchiveEntry(name, link.isEmpty() ? (byte) '0' : (byte) '1');
      entry.setLinkName(link);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static List<byte[]> names(byte[] tar) throws Exception {
    var all = new ArrayList<byte[]>();
    var attributes = new PaxAttributes(new ByteArrayInputStream(tar));
    var in = new TarArchiveInputStream(attributes, StandardCharsets.UTF_8.name());
    for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
      attributes.mend(entry);
      all.add(FileNames.bytes(entry.getName()));
      all.add(FileNames.bytes(entry.getLinkName()));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"caf\u00e9", "\u00e9", "d\u00e9/x", "?\u00e9?", "plain"})
  void ofAHeader(String name) throws Exception {
    assertThat(names(tar(TarArchiveOutputStream.LONGFILE_ERROR, name, name + "l")))
        .containsExactly(latin(name), latin(name + "l"));
  }

  /// As GNU tar writes them by default: base 256, which Commons Compress cuts to 32 bits.
  @ParameterizedTest
  @ValueSource(longs = {0, 2_097_151, 2_097_152, 2_147_483_648L, 4_294_967_294L, 1L << 40})
  void ownersByNumber(long id) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      var entry = new TarArchiveEntry("a");
      entry.setUserId(id);
      entry.setGroupId(id / 2);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
    var attributes = new PaxAttributes(new ByteArrayInputStream(bytes.toByteArray()));
    TarArchiveEntry read = new TarArchiveInputStream(attributes).getNextEntry();
    attributes.mend(read);
    assertThat(read.getLongUserId()).isEqualTo(id);
    assertThat(read.getLongGroupId()).isEqualTo(id / 2);
  }

  @Test
  void longOnesAsGnuTarWritesThem() throws Exception {
    String name = "\u00e9".repeat(150);
    assertThat(names(tar(TarArchiveOutputStream.LONGFILE_GNU, name, name + "l")))
        .containsExactly(latin(name), latin(name + "l"));
  }
}
