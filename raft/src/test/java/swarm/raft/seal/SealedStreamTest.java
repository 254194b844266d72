package swarm.raft.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedStreamTest {
  private static final int CHUNK = SealedOutputStream.CHUNK_BYTES;
  private final Seal seal = AesGcmSeal.of(new byte[32]);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17})
  void readsWhatWasWritten(int length) throws IOException {
    byte[] plain = random(length);
    assertThat(open(seal(plain))).isEqualTo(plain);
  }

  @Test
  void readsByteByByteToo() throws IOException {
    byte[] plain = random(300);
    try (InputStream in = new SealedInputStream(new ByteArrayInputStream(seal(plain)), seal)) {
      for (byte b : plain) {
        assertThat(in.read()).isEqualTo(Byte.toUnsignedInt(b));
      }
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void noticesAnEndThatIsMissing() throws IOException {
    byte[] sealed = seal(random(2 * CHUNK + 5));
    List<byte[]> chunks = chunks(sealed);
    assertThat(chunks).hasSize(3);
    assertDamaged(join(chunks.subList(0, 2)));
    assertDamaged(Arrays.copyOf(sealed, sealed.length - 1));
    assertDamaged(join(List.of()));
  }

  @Test
  void noticesChunksThatAreSwappedOrDroppedOrForeign() throws IOException {
    List<byte[]> chunks = chunks(seal(random(3 * CHUNK)));
    List<byte[]> foreign = chunks(seal(random(3 * CHUNK)));
    assertDamaged(join(List.of(chunks.get(1), chunks.get(0), chunks.get(2))));
    assertDamaged(join(List.of(chunks.get(0), chunks.get(2))));
    assertDamaged(join(List.of(chunks.get(0), foreign.get(1), chunks.get(2))));
  }

  @Test
  void refusesWhatIsNoSealedStream() {
    assertThatThrownBy(() -> open(new byte[100])).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> open(new byte[2])).isInstanceOf(IOException.class);
    byte[] hugeChunk =
        ByteBuffer.allocate(8).putInt(SealedOutputStream.MAGIC).putInt(Integer.MAX_VALUE).array();
    assertThatThrownBy(() -> open(hugeChunk)).hasMessageContaining("2147483647 bytes");
  }

  @Test
  void anotherKeyReadsNothing() throws IOException {
    byte[] key = new byte[32];
    key[0] = 1;
    byte[] sealed = seal(random(10));
    assertThatThrownBy(
            () ->
                new SealedInputStream(new ByteArrayInputStream(sealed), AesGcmSeal.of(key))
                    .readAllBytes())
        .hasMessageContaining("wrong key");
  }

  private void assertDamaged(byte[] sealed) {
    assertThatThrownBy(() -> open(sealed)).isInstanceOf(IOException.class);
  }

  private byte[] seal(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SealedOutputStream out = new SealedOutputStream(bytes, seal)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private byte[] open(byte[] sealed) throws IOException {
    try (InputStream in = new SealedInputStream(new ByteArrayInputStream(sealed), seal)) {
      return in.readAllBytes();
    }
  }

  private static List<byte[]> chunks(byte[] sealed) {
    ByteBuffer in = ByteBuffer.wrap(sealed);
    assertThat(in.getInt()).isEqualTo(SealedOutputStream.MAGIC);
    List<byte[]> chunks = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] chunk = new byte[in.getInt()];
      in.get(chunk);
      chunks.add(chunk);
    }
    return chunks;
  }

  private static byte[] join(List<byte[]> chunks) {
    ByteBuffer out =
        ByteBuffer.allocate(4 + chunks.stream().mapToInt(chunk -> 4 + chunk.length).sum());
    out.putInt(SealedOutputStream.MAGIC);
    chunks.forEach(chunk -> out.putInt(chunk.length).put(chunk));
    return out.array();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
