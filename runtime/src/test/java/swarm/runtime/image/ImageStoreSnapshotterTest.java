package swarm.runtime.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.snapshot.RootfsProvider;
import swarm.runtime.snapshot.SnapshotterContract;

/// The image store as the engine sees it.
class ImageStoreSnapshotterTest extends SnapshotterContract {
  @TempDir Path folder;
  private ImageStore store;
  private String image;

  @BeforeEach
  void load() throws IOException {
    store = ImageStore.open(folder);
    byte[] again = new TarBuilder().folder("bin", 0755).file("bin/tool", "1").bytes();
    // a layer above another that takes its file away, and below itself
    TestImage two =
        TestImage.of(
            again, new TarBuilder().file("app", "2").file("bin/.wh.tool", "").bytes(), again);
    image =
        new ImageLoader(store)
            .load(two.archive("web:1").stream(), "amd64", (_, _, _, _) -> {})
            .getFirst()
            .image()
            .id();
  }

  @Override
  protected RootfsProvider snapshotter() {
    return store;
  }

  @Override
  protected String image() {
    return image;
  }

  @Override
  protected List<String> files() {
    return List.of("bin/tool", "app");
  }
}
