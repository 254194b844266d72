package swarm.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// As Go's `compress/gzip`.
class GunzipStreamTest {
  private static byte[] packed(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] packed(String text) throws IOException {
    return packed(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /// Gives so many bytes at once, and never says that there are more.
  private static InputStream slowly(byte[] bytes, int atOnce) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, atOnce));
      }

      @Override
      public int available() {
        return 0;
      }
    };
  }

  private static byte[] read(byte[] bytes, int atOnce) throws IOException {
    try (var in = new GunzipStream(slowly(bytes, atOnce), 64)) {
      return in.readAllBytes();
    }
  }

  private static void isRefused(byte[] bytes, String why) {
    for (int atOnce : new int[] {1, 64}) {
      assertThatThrownBy(() -> read(bytes, atOnce))
          .isInstanceOf(ArchiveException.class)
          .hasMessageStartingWith("the archive is damaged: gzip: " + why);
    }
  }

  @Property(tries = 100)
  void membersFollowOneAnother(
      @ForAll @Size(max = 300) byte[] one,
      @ForAll @Size(max = 300) byte[] two,
      @ForAll @IntRange(min = 1, max = 70) int atOnce)
      throws IOException {
    assertThat(read(joined(packed(one), packed(two)), atOnce)).isEqualTo(joined(one, two));
  }

  @Test
  void garbageBehindThem() throws IOException {
    isRefused(joined(packed("text"), "garbage".getBytes(StandardCharsets.UTF_8)), "invalid header");
    isRefused(joined(packed("text"), new byte[512]), "invalid header");
  }

  @Test
  void wrongSums() throws IOException {
    byte[] sum = packed("text");
    sum[sum.length - 8] ^= 1;
    isRefused(sum, "invalid checksum: its content's is ");
    byte[] length = packed("text");
    length[length.length - 4] ^= 1;
    isRefused(length, "invalid checksum: it has 4 bytes, and says 5");
  }

  @Test
  void oneThatEndsTooEarly() throws IOException {
    byte[] whole = packed("a text");
    for (int n = 0; n < whole.length; n++) {
      isRefused(Arrays.copyOf(whole, n), "unexpected EOF");
    }
    isRefused(joined(whole, Arrays.copyOf(whole, 5)), "unexpected EOF");
  }

  @Test
  void contentThatIsNone() throws IOException {
    byte[] bytes = packed("a text");
    bytes[10] = (byte) 0xff;
    isRefused(bytes, "invalid data (");
  }

  @Test
  void allThatAHeaderMayHave() throws IOException {
    byte[] plain = packed("text");
    byte[] header = {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 0, 3};
    byte[] more = joined(header, new byte[] {3, 0, 7, 0, 7}, latin("n\u00e4me\0"), latin("why\0"));
    var sum = new CRC32();
    sum.update(more);
    byte[] end = {(byte) sum.getValue(), (byte) (sum.getValue() >> 8)};
    byte[] content = Arrays.copyOfRange(plain, 10, plain.length);
    assertThat(read(joined(more, end, content), 3)).asString().isEqualTo("text");
    end[0] ^= 1;
    isRefused(joined(more, end, content), "invalid header: its checksum is wrong");
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
