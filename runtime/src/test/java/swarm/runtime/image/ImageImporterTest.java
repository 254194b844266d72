package swarm.runtime.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.runtime.image.ImageException.Kind.INVALID;
import static swarm.runtime.image.ImageFailure.fails;
import static swarm.runtime.image.ImageFailure.nothingKept;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ImageImporterTest {
  private static final byte[] ROOT = new TarBuilder().file("app", "2").bytes();
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path folder;
  private ImageStore store;

  @BeforeEach
  void open() throws IOException {
    store = ImageStore.open(folder);
  }

  private Image load(byte[] tar, String... changes) throws IOException {
    return new ImageImporter(store)
        .importTar(
            new ByteArrayInputStream(tar),
            Reference.parse("made:1"),
            List.of(changes),
            "by hand",
            "amd64",
            NOW);
  }

  @Test
  void a_root_file_system_in_any_compression() throws IOException {
    var xz = new ByteArrayOutputStream();
    try (var out = new XZOutputStream(xz, new LZMA2Options(0))) {
      out.write(ROOT);
    }
    for (byte[] tar : List.of(ROOT, TestImage.gzip(ROOT), Zstd.compress(ROOT), xz.toByteArray())) {
      Image image = load(tar);
      assertThat(image.tags()).containsExactly("made:1");
      assertThat(image.architecture()).isEqualTo("amd64");
      assertThat(image.created()).isEqualTo(NOW);
      assertThat(image.layers().getFirst().diffId()).isEqualTo(ContentStore.digestOf(ROOT));
      assertThat(image.configuration().path("history").path(0).path("comment").asText())
          .isEqualTo("by hand");
      assertThat(store.prepare("c", image.id()).layers().getFirst().resolve("app")).hasContent("2");
    }
  }

  @Test
  void a_damaged_archive_is_told_as_such() throws IOException {
    var xz = new ByteArrayOutputStream();
    try (var out = new XZOutputStream(xz, new LZMA2Options(0))) {
      out.write(ROOT);
    }
    byte[] cut = Arrays.copyOf(xz.toByteArray(), xz.size() - 20);
    fails(INVALID, "this is no readable tar", () -> load(cut));
    nothingKept(folder);
  }

  @Test
  void nothing_at_all_is_an_image_without_files() throws IOException {
    assertThat(store.prepare("c", load(new byte[0]).id()).layers().getFirst()).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "CMD [\"a\",\"b c\"]          | {\"Cmd\":[\"a\",\"b c\"]}",
        "CMD a b                      | {\"Cmd\":[\"/bin/sh\",\"-c\",\"a b\"]}",
        "cmd a                        | {\"Cmd\":[\"/bin/sh\",\"-c\",\"a\"]}",
        "ENTRYPOINT [\"a\"]           | {\"Entrypoint\":[\"a\"]}",
        "ENTRYPOINT [bad              | {\"Entrypoint\":[\"/bin/sh\",\"-c\",\"[bad\"]}",
        "ENV A=1                      | {\"Env\":[\"A=1\"]}",
        "ENV A 1 2                    | {\"Env\":[\"A=1 2\"]}",
        "ENV A=1 B=\"x y\"            | {\"Env\":[\"A=1\",\"B=x y\"]}",
        "LABEL a.b=c d=               | {\"Labels\":{\"a.b\":\"c\",\"d\":\"\"}}",
        "EXPOSE 80 53/udp             | {\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}}}",
        "VOLUME /a /b                 | {\"Volumes\":{\"/a\":{},\"/b\":{}}}",
        "VOLUME [\"/a b\"]            | {\"Volumes\":{\"/a b\":{}}}",
        "USER 1:2                     | {\"User\":\"1:2\"}",
        "WORKDIR /a                   | {\"WorkingDir\":\"/a\"}",
        "STOPSIGNAL SIGKILL           | {\"StopSignal\":\"SIGKILL\"}",
      })
  void a_change(String change, String config) throws IOException {
    assertThat(load(ROOT, change).configuration().path("config"))
        .isEqualTo(ImageStore.JSON.readTree(config));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "CMD",
        "COOK dinner",
        "FROM x",
        "CMD [1,{}]",
        "ENV A",
        "LABEL =x",
        "EXPOSE http",
        "EXPOSE 70000",
        "EXPOSE 80/icmp",
        "STOPSIGNAL FOO",
      })
  void a_bad_change_is_refused_before_anything_is_read(String change) throws IOException {
    fails(INVALID, "is not a valid change", () -> load(ROOT, change));
    nothingKept(folder);
  }

  @Test
  void what_is_no_tar_leaves_nothing() throws IOException {
    byte[] gzip = TestImage.gzip(ROOT);
    byte[] wrong = gzip.clone();
    wrong[wrong.length - 5] ^= 1; // its sum
    for (byte[] tar :
        List.of(
            "this is no tar".getBytes(UTF_8),
            "this is no tar".repeat(1000).getBytes(UTF_8),
            Arrays.copyOf(ROOT, 513),
            Arrays.copyOf(gzip, gzip.length / 2),
            Arrays.copyOf(gzip, gzip.length + 512),
            wrong,
            new byte[] {0x1f, (byte) 0x8b, 1, 2, 3},
            new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 9, 9, 9})) {
      fails(INVALID, "this is no readable tar", () -> load(tar));
      nothingKept(folder);
    }
    assertThat(store.list()).isEmpty();
  }
}
