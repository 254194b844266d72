package swarm.raft.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final int LENGTH_AT = 9;

  private static byte[] text(int length) {
    return "a task of a service ".repeat(length / 20 + 1).substring(0, length).getBytes(UTF_8);
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2047, 2048, 20_000, 2_000_000})
  void givesTheCommandBack(int length) {
    for (byte[] command : new byte[][] {text(length), noise(length)}) {
      Envelope read = Envelope.decode(new Envelope(7, command).encode());
      assertThat(read.fence()).isEqualTo(7);
      assertThat(read.command()).isEqualTo(command);
    }
  }

  @Test
  void smallAndNoisyOnesStayAsTheyAre() {
    assertThat(new Envelope(0, text(2047)).encode()).hasSize(LENGTH_AT + 2047);
    assertThat(new Envelope(0, noise(5000)).encode()).hasSize(LENGTH_AT + 5000);
    assertThat(new Envelope(0, text(20_000)).encode()).hasSizeLessThan(1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 19_999, 20_001, 64 * 1024 * 1024 + 1, Integer.MAX_VALUE})
  void aWrongLengthIsAnError(int length) {
    byte[] bytes = new Envelope(0, text(20_000)).encode();
    ByteBuffer.wrap(bytes).putInt(LENGTH_AT, length);
    assertThatThrownBy(() -> Envelope.decode(bytes)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsCutOffOrBrokenIsAnError() {
    byte[] bytes = new Envelope(0, text(20_000)).encode();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Envelope.decode(cut)).isInstanceOf(IllegalStateException.class);
    }
    byte[] broken = bytes.clone();
    broken[LENGTH_AT + Integer.BYTES] = 0x7F;
    assertThatThrownBy(() -> Envelope.decode(broken)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatNeedsADictionaryIsAnError() {
    var deflater = new Deflater();
    deflater.setDictionary(text(100));
    deflater.setInput(text(1000));
    deflater.finish();
    byte[] compressed = new byte[2000];
    int size = deflater.deflate(compressed);
    deflater.end();
    byte[] bytes =
        ByteBuffer.allocate(LENGTH_AT + Integer.BYTES + size)
            .put((byte) 2)
            .putLong(0)
            .putInt(1000)
            .put(compressed, 0, size)
            .array();
    assertThatThrownBy(() -> Envelope.decode(bytes)).isInstanceOf(IllegalStateException.class);
  }
}
