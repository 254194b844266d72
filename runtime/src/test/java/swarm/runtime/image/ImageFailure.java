package swarm.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What the suites of images have in common.
final class ImageFailure {
  private ImageFailure() {}

  /// Checks for a failure that a user is told of.
  static void fails(ImageException.Kind kind, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining(text)
        .isInstanceOfSatisfying(
            ImageException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }

  /// The names of what a store has on disk in one of its folders.
  static List<String> kept(Path store, String folder) throws IOException {
    try (Stream<Path> all = Files.list(store.resolve(folder))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  /// Checks that nothing is left of an image that did not come to be.
  static void nothingKept(Path store) throws IOException {
    assertThat(kept(store, "incoming")).isEmpty();
    assertThat(kept(store, "unpacking")).isEmpty();
    assertThat(kept(store, "layers/sha256")).isEmpty();
    assertThat(kept(store, "blobs/sha256")).isEmpty();
  }
}
