package swarm.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfigBuilder;
import swarm.runtime.container.EngineHarness;
import swarm.runtime.image.ImageStore;

/// What a daemon that was killed while it built leaves to the next one.
@Timeout(120)
class LeftoversTest {
  private final EngineHarness harness;

  LeftoversTest() throws Exception {
    harness = EngineHarness.open();
  }

  @BeforeEach
  void none() {
    assertThat(harness.engine.list()).isEmpty();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static ContainerConfigBuilder step(String... command) {
    return EngineHarness.busybox(command).attributes(Leftovers.marked(Map.of("a", "b")));
  }

  private List<String> there() {
    return harness.engine.list().stream().map(Container::id).toList();
  }

  @Test
  void theMarkComesBesideWhatThereIs() {
    assertThat(Leftovers.marked(Map.of("a", "b"))).containsEntry("a", "b").hasSize(2);
  }

  @Test
  void aStepsContainersGoWhetherTheyRunOrNot(@TempDir Path folder) throws Exception {
    String running = harness.run(step("sleep", "1000"));
    String made = harness.create(step("true"));
    String users = harness.run(EngineHarness.busybox("sleep", "1000"));
    String likeOne =
        harness.create(EngineHarness.busybox("true").labels(Map.of("swarm.build", "step")));
    assertThat(there()).containsExactlyInAnyOrder(running, made, users, likeOne);
    Path builds = Files.createDirectories(folder.resolve("builds/context1/d"));
    Files.writeString(builds.resolve("a"), "a");

    Builder.open(
        harness.engine,
        ImageStore.open(folder.resolve("images")),
        folder.resolve("builds"),
        Clock.systemUTC());

    assertThat(there()).containsExactlyInAnyOrder(users, likeOne);
    assertThat(folder.resolve("builds")).isEmptyDirectory();
    harness.engine.remove(users, true);
    harness.engine.remove(likeOne, true);
    assertThat(harness.leftovers()).isEmpty();
  }
}
