package swarm.runtime.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZOutputStream;

class CompressionTest {
  private static byte[] packed(Compression compression, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (compression) {
          case NONE -> bytes;
          case GZIP -> new GZIPOutputStream(bytes);
          case BZIP2 -> new BZip2CompressorOutputStream(bytes);
          case XZ -> new XZOutputStream(bytes, new LZMA2Options(0));
          case ZSTD -> new ZstdOutputStream(bytes);
        }) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @EnumSource
  void isTold(Compression compression) throws IOException {
    byte[] bytes = packed(compression, "a text");
    assertThat(Compression.of(Arrays.copyOf(bytes, Compression.MAGIC))).isEqualTo(compression);
    try (InputStream in = Compression.open(new ByteArrayInputStream(bytes))) {
      assertThat(in).hasContent("a text");
    }
  }

  @ParameterizedTest
  @EnumSource
  void layersAreKeptAsRegistriesTakeThem(Compression compression) throws IOException {
    byte[] bytes = packed(compression, "a text");
    byte[] kept = Compression.openForLayer(new ByteArrayInputStream(bytes)).readAllBytes();
    switch (compression) {
      case NONE, GZIP, ZSTD -> assertThat(kept).isEqualTo(bytes);
      case BZIP2, XZ -> assertThat(kept).asString(UTF_8).isEqualTo("a text");
    }
  }

  @Test
  void anArchiveThatWantsMuchMemoryIsRefused() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var options = new LZMA2Options(0);
    options.setDictSize(512 << 20);
    try (var out = new XZOutputStream(bytes, options)) {
      out.write(1);
    }
    assertThatThrownBy(
            () -> {
              try (InputStream in =
                  Compression.open(new ByteArrayInputStream(bytes.toByteArray()))) {
                in.readAllBytes();
              }
            })
        .isInstanceOf(MemoryLimitException.class);
  }
}
