package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.runtime.image.ImageFailure.kept;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.runtime.fault.CrashPoints;

/// What everybody who keeps blobs relies on. There is no stand-in for this store: all tests use it.
class ContentStoreTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
  private static final String DIGEST = ContentStore.digestOf(CONTENT);

  @TempDir Path folder;
  private ContentStore store;

  @BeforeEach
  void open() throws IOException {
    store = new ContentStore(folder, CrashPoints.NONE);
  }

  private static InputStream content() {
    return new ByteArrayInputStream(CONTENT);
  }

  @Test
  void a_blob_is_found_by_its_digest() throws IOException {
    assertThat(store.has(DIGEST)).isFalse();
    assertThat(store.put(content())).isEqualTo(DIGEST);
    assertThat(store.has(DIGEST)).isTrue();
    assertThat(store.read(DIGEST)).isEqualTo(CONTENT);
    assertThat(store.size(DIGEST)).isEqualTo(CONTENT.length);
    try (InputStream in = store.open(DIGEST)) {
      assertThat(in).hasBinaryContent(CONTENT);
    }
    assertThat(store.path(DIGEST)).isEqualTo(folder.resolve("blobs/sha256/" + DIGEST.substring(7)));
  }

  @Test
  void a_blob_of_no_bytes_is_one_too() throws IOException {
    String digest = store.put(InputStream.nullInputStream());
    assertThat(digest).isEqualTo(ContentStore.digestOf(new byte[0]));
    assertThat(store.size(digest)).isZero();
  }

  /// Of both kinds of sums: Java's own below 4 MiB, the host's from there on.
  @ParameterizedTest
  @ValueSource(ints = {1, 64 * 1024, 64 * 1024 + 1, 4 * 1024 * 1024 - 1, 4 * 1024 * 1024})
  void digests_are_the_same_whoever_makes_them(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    assertThat(store.put(new ByteArrayInputStream(bytes), size))
        .isEqualTo(ContentStore.digestOf(bytes));
  }

  @Test
  void content_that_is_not_what_was_expected_is_not_kept() throws IOException {
    String other = ContentStore.digestOf(new byte[] {1});
    ImageFailure.fails(
        ImageException.Kind.INVALID,
        "the content is " + DIGEST + " where " + other + " was expected",
        () -> store.put(content(), other));
    ImageFailure.fails(
        ImageException.Kind.INVALID, DIGEST, () -> store.put(content(), 1L << 30, other));
    assertThat(store.has(DIGEST)).isFalse();
    assertThat(store.has(other)).isFalse();
    assertThat(kept(folder, "incoming")).isEmpty();
    assertThat(kept(folder, "blobs/sha256")).isEmpty();
  }

  @Test
  void a_source_that_breaks_off_leaves_nothing() throws IOException {
    IOException cut = new IOException("cut");
    InputStream broken =
        new FilterInputStream(content()) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            if (read < 0) {
              throw cut;
            }
            return read;
          }
        };
    assertThatThrownBy(() -> store.put(broken)).isSameAs(cut);
    assertThatThrownBy(
            () ->
                store.write(
                    out -> {
                      out.write(CONTENT);
                      throw cut;
                    }))
        .isSameAs(cut);
    assertThat(kept(folder, "incoming")).isEmpty();
    assertThat(kept(folder, "blobs/sha256")).isEmpty();
  }

  @Test
  void nobody_sees_a_blob_before_it_is_whole() throws IOException {
    String digest =
        store.write(
            out -> {
              out.write(CONTENT);
              out.flush();
              assertThat(store.has(DIGEST)).isFalse();
              assertThat(kept(folder, "blobs/sha256")).isEmpty();
            });
    assertThat(digest).isEqualTo(DIGEST);
    assertThat(store.has(DIGEST)).isTrue();
  }

  @Test
  void the_same_blob_may_come_many_times_at_once() throws Exception {
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    var all = new ArrayList<Future<String>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        all.add(threads.submit(() -> store.put(new ByteArrayInputStream(large))));
      }
    }
    for (Future<String> one : all) {
      assertThat(one.get()).isEqualTo(ContentStore.digestOf(large));
    }
    assertThat(store.read(ContentStore.digestOf(large))).isEqualTo(large);
    assertThat(kept(folder, "incoming")).isEmpty();
  }

  @Test
  void what_was_half_written_is_gone_when_it_is_opened_again() throws IOException {
    store.put(content(), DIGEST);
    Files.writeString(folder.resolve("incoming/blob123"), "half");
    ContentStore again = new ContentStore(folder, CrashPoints.NONE);
    assertThat(kept(folder, "incoming")).isEmpty();
    assertThat(again.read(DIGEST)).isEqualTo(CONTENT);
  }

  @Test
  void only_what_is_named_stays() throws IOException {
    String one = store.put(content());
    String two = store.put(new ByteArrayInputStream(new byte[] {2}));
    store.keepOnly(Set.of(two, "sha256:" + "0".repeat(64)));
    assertThat(store.has(one)).isFalse();
    assertThat(store.has(two)).isTrue();
    assertThatThrownBy(() -> store.read(one)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> store.size(one)).isInstanceOf(NoSuchFileException.class);
    store.keepOnly(Set.of());
    assertThat(kept(folder, "blobs/sha256")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256:",
        "sha256:../../etc/passwd",
        "sha512:0000000000000000000000000000000000000000000000000000000000000000",
        "sha256:000000000000000000000000000000000000000000000000000000000000000",
        "sha256:00000000000000000000000000000000000000000000000000000000000000000",
        "sha256:000000000000000000000000000000000000000000000000000000000000000G",
        "sha256:000000000000000000000000000000000000000000000000000000000000000A",
      })
  void what_is_no_digest_is_no_path(String text) {
    assertThat(ContentStore.isDigest(text)).isFalse();
    assertThatThrownBy(() -> store.path(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.has(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.read(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
