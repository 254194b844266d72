package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsLinesTest {
  @TempDir Path folder;

  private byte[] changed(byte[] before) throws Exception {
    Path hosts = Files.write(folder.resolve("hosts"), before);
    return HostsLines.changed(hosts, List.of("10.0.0.2\tgone"), List.of("10.0.0.3\tnéw"));
  }

  @Test
  void linesGoAndComeAndBytesThatAreNoTextStay() throws Exception {
    byte[] before = "1.1.1.1\tcaf\u00e9\n10.0.0.2\tgone\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] after = changed(before);

    assertThat(new String(after, StandardCharsets.ISO_8859_1))
        .isEqualTo("1.1.1.1\tcaf\u00e9\n10.0.0.3\tn\u00c3\u00a9w\n");
  }

  @Test
  void aFileWithoutEndIsCutAtItsLimit() throws Exception {
    Path hosts =
        Files.write(folder.resolve("hosts"), "1.1.1.1\ta\n".getBytes(StandardCharsets.US_ASCII));
    try (var file = new RandomAccessFile(hosts.toFile(), "rw")) {
      file.setLength(1L << 40); // sparse
    }
    byte[] after = HostsLines.changed(hosts, List.of(), List.of("10.0.0.3\tb"));

    assertThat(new String(after, StandardCharsets.US_ASCII)).isEqualTo("1.1.1.1\ta\n10.0.0.3\tb\n");
  }
}
