package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import swarm.node.control.Store;

class BackupFileTest {
  private static final String PASSPHRASE = "0123456789abcdef";

  private static Backup.Contents read(byte[] file) throws IOException {
    return Backup.read(new ByteArrayInputStream(file), PASSPHRASE);
  }

  @Test
  void nothingMayBeCutOffOrAdded() throws IOException {
    var out = new ByteArrayOutputStream();
    Backup.write(
        new Backup.Contents(new Store().state(), 3, Instant.EPOCH.plusMillis(7)), PASSPHRASE, out);
    byte[] whole = out.toByteArray();
    assertThat(read(whole).term()).isEqualTo(3);
    for (int length : new int[] {whole.length - 1, whole.length + 1, whole.length + 5000}) {
      assertThatThrownBy(() -> read(Arrays.copyOf(whole, length)))
          .as("%s bytes instead of %s", length, whole.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged");
    }
  }
}
