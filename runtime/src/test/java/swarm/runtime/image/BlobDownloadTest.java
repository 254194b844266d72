package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where a download goes on, to the byte, over lines that end where the test says.
class BlobDownloadTest {
  private static final byte[] BLOB = bytes(1_000);

  private final List<Long> asked = new ArrayList<>();

  private static byte[] bytes(int n) {
    byte[] all = new byte[n];
    for (int i = 0; i < n; i++) {
      all[i] = (byte) i;
    }
    return all;
  }

  /// A line that ends after so many bytes of the blob from `from` on, with an error.
  private static InputStream line(int from, int length) {
    int to = Math.min(BLOB.length, from + length);
    var content = new ByteArrayInputStream(Arrays.copyOfRange(BLOB, from, to));
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int n) throws IOException {
        int got = content.read(target, offset, n);
        if (got < 0 && to < BLOB.length) {
          throw new IOException("connection reset");
        }
        return got;
      }
    };
  }

  private BlobDownload download(BlobDownload.Source source) {
    return new BlobDownload(
        offset -> {
          asked.add(offset);
          return source.open(offset);
        },
        "sha256:0",
        "",
        BLOB.length,
        (id, status, current, total) -> {});
  }

  @Test
  void it_goes_on_where_it_was() throws Exception {
    try (var in = download(at -> new RegistryClient.Blob(line((int) at, 400), at))) {
      assertThat(in.readAllBytes()).isEqualTo(BLOB);
    }
    assertThat(asked).containsExactly(0L, 400L, 800L);
  }

  @Test
  void without_parts_what_is_here_already_is_skipped() throws Exception {
    try (var in =
        download(at -> new RegistryClient.Blob(line(0, asked.size() < 3 ? 400 : 1_000), 0))) {
      assertThat(in.readAllBytes()).isEqualTo(BLOB);
    }
    assertThat(asked).containsExactly(0L, 400L, 400L);
  }

  @Test
  void one_that_breaks_off_often_but_comes_nearer_is_not_given_up() throws Exception {
    try (var in = download(at -> new RegistryClient.Blob(line((int) at, 100), at))) {
      assertThat(in.readAllBytes()).isEqualTo(BLOB);
    }
    assertThat(asked).hasSize(10);
  }

  @Test
  void one_that_comes_no_nearer_is_given_up() throws Exception {
    try (var in = download(at -> new RegistryClient.Blob(line((int) at, at == 0 ? 100 : 0), at))) {
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("broke off 5 times");
    }
    assertThat(asked).containsExactly(0L, 100L, 100L, 100L, 100L);
  }
}
