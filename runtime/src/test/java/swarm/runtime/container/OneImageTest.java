package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.snapshot.RootfsProvider;
import swarm.runtime.snapshot.SnapshotterContract;

/// The stand-in for an image store with which the engine's own tests run.
class OneImageTest extends SnapshotterContract {
  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    Files.writeString(folder.resolve("bin/tool"), "1");
  }

  @Override
  protected RootfsProvider snapshotter() {
    return new EngineHarness.OneImage(folder);
  }

  @Override
  protected String image() {
    return "busybox";
  }

  @Override
  protected List<String> files() {
    return List.of("bin/tool");
  }
}
