package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.Seal;
import swarm.raft.seal.SealedOutputStream;

class SnapshotStreamsTest {
  private final Seal seal = AesGcmSeal.of(new byte[32]);
  private long written = -1;
  private long readBack = -1;

  private byte[] write(byte[] state) throws IOException {
    var file = new ByteArrayOutputStream();
    try (OutputStream out = SnapshotStreams.writing(file, seal, size -> written = size)) {
      out.write(state);
    }
    return file.toByteArray();
  }

  private byte[] read(byte[] file) throws IOException {
    try (InputStream in =
        SnapshotStreams.reading(new ByteArrayInputStream(file), seal, size -> readBack = size)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 65_536, 1_000_000})
  void whatIsWrittenIsRead(int size) throws Exception {
    byte[] state = new byte[size];
    new Random(size).nextBytes(state);

    assertThat(read(write(state))).isEqualTo(state);
    assertThat(written).isEqualTo(size);
    assertThat(readBack).isEqualTo(size);
  }

  @Test
  void whatIsAlikeTakesLittleRoom() throws Exception {
    assertThat(write(new byte[1_000_000])).hasSizeLessThan(20_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 100, 300_000})
  void whatEarlierVersionsWroteIsRead(int size) throws Exception {
    byte[] state = new byte[size];
    new Random(size).nextBytes(state);
    var file = new ByteArrayOutputStream();
    try (var out = new SealedOutputStream(file, seal)) {
      out.write(state);
    }

    assertThat(read(file.toByteArray())).isEqualTo(state);
  }

  @Test
  void whatIsCutOffIsRefused() throws Exception {
    byte[] state = new byte[1_000_000];
    new Random(7).nextBytes(state);
    byte[] file = write(state);

    for (int length : new int[] {3, 200, file.length / 2, file.length - 1}) {
      assertThatThrownBy(() -> read(Arrays.copyOf(file, length)))
          .as("%s bytes", length)
          .isInstanceOf(IOException.class);
    }
  }
}
