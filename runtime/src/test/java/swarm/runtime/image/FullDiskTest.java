package swarm.runtime.image;

import static swarm.runtime.image.ImageException.Kind.NO_SPACE;
import static swarm.runtime.image.ImageFailure.fails;
import static swarm.runtime.image.ImageFailure.nothingKept;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk of two megabytes: what does not fit is told by name, and nothing of it stays.
class FullDiskTest {
  private static final String FULL = "no space left on device";

  @TempDir Path folder;

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", folder.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException(List.of(command) + " failed");
    }
  }

  private static byte[] layer(boolean dense) {
    byte[] content = new byte[4_000_000];
    if (dense) {
      new Random(1).nextBytes(content);
    }
    return new TarBuilder().file("large", content, 0644, 0, 0).bytes();
  }

  @Test
  void a_blob_that_does_not_fit() throws Exception {
    ImageStore store = ImageStore.open(folder);
    byte[] archive = TestImage.of(layer(true)).archive("web:1").bytes();
    fails(NO_SPACE, FULL, () -> load(store, archive));
    nothingKept(folder);
  }

  @Test
  void files_that_do_not_fit() throws Exception {
    ImageStore store = ImageStore.open(folder);
    byte[] archive = TestImage.of(layer(false)).archive("web:1").bytes(); // small as a blob
    fails(NO_SPACE, FULL, () -> load(store, archive));
    nothingKept(folder);
  }

  @Test
  void a_pull_that_does_not_fit() throws Exception {
    ImageStore store = ImageStore.open(folder);
    try (var registry = new LyingRegistry();
        var client = new RegistryClient(new RegistryOptions(List.of(), List.of()))) {
      registry.serve(TestImage.of(new TarBuilder().file("a", "1").bytes(), layer(true)));
      var puller = new ImagePuller(store, client);
      fails(
          NO_SPACE,
          FULL,
          () ->
              puller.pull(
                  registry.reference("app:1"), "amd64", Credentials.NONE, (_, _, _, _) -> {}));
    }
    nothingKept(folder);
  }

  private static void load(ImageStore store, byte[] archive) throws IOException {
    var _ =
        new ImageLoader(store).load(new ByteArrayInputStream(archive), "amd64", (_, _, _, _) -> {});
  }
}
