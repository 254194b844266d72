package swarm.runtime.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaddedTarTest {
  private static final String CONTENT = "FROM scratch\n";
  private static final int RECORD = 512;

  private static PaddedTar of(byte[] bytes) {
    return new PaddedTar(new ByteArrayInputStream(bytes));
  }

  /// A tar of one file that ends where the file does.
  private static byte[] unfilled() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      var entry = new TarArchiveEntry("Dockerfile");
      entry.setSize(CONTENT.length());
      tar.putArchiveEntry(entry);
      tar.write(CONTENT.getBytes(UTF_8));
      tar.closeArchiveEntry();
    }
    return Arrays.copyOf(bytes.toByteArray(), RECORD + CONTENT.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 13, 511, 512, 513, 1023, 1024})
  void theLastRecordIsFilledWithZeros(int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    int whole = (length + RECORD - 1) / RECORD * RECORD;
    assertThat(of(bytes).readAllBytes()).isEqualTo(Arrays.copyOf(bytes, whole));
    try (InputStream one = of(bytes)) {
      int count = 0;
      while (one.read() >= 0) {
        count++;
      }
      assertThat(count).isEqualTo(whole);
    }
  }

  @Test
  void skippingCountsAsReading() throws IOException {
    PaddedTar tar = of(new byte[RECORD + 1]);
    tar.skipNBytes(RECORD);
    assertThat(tar.read()).isZero();
    assertThat(tar.skip(2 * RECORD)).isEqualTo(RECORD - 1L);
    assertThat(tar.skip(1)).isZero();
    assertThat(tar.markSupported()).isFalse();
  }

  @Test
  void aFileThatIsThereWithoutItsFillingIsWhole() throws IOException {
    PaddedTar padded = of(unfilled());
    var tar = new TarArchiveInputStream(padded);
    assertThat(tar.getNextEntry().getName()).isEqualTo("Dockerfile");
    assertThat(tar).hasContent(CONTENT);
    assertThatCode(() -> padded.checkWhole("Dockerfile")).doesNotThrowAnyException();
    assertThat(tar.getNextEntry()).isNull();
  }

  @Test
  void aFileThatIsCutShortIsNot() throws IOException {
    PaddedTar padded = of(Arrays.copyOf(unfilled(), RECORD + 5));
    var tar = new TarArchiveInputStream(padded);
    assertThat(tar.getNextEntry().getName()).isEqualTo("Dockerfile");
    assertThat(tar.readAllBytes()).hasSize(CONTENT.length()); // zeros behind what is there
    assertThatThrownBy(() -> padded.checkWhole("Dockerfile"))
        .isInstanceOf(ArchiveException.class)
        .hasMessage("the archive ends within 'Dockerfile'");
  }
}
