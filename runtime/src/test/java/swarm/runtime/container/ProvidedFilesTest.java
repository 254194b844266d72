package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.runtime.container.EngineHarness.busybox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Files whose content comes with each start and is on no disk. Needs root.
@Timeout(120)
class ProvidedFilesTest {
  private static final String HIDDEN = "swordfish-of-provided-files";
  private static final Map<String, byte[]> CONTENT =
      Map.of("k", HIDDEN.getBytes(StandardCharsets.UTF_8), "empty", new byte[0]);

  private EngineHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private String create(String script) throws Exception {
    return harness.create(
        busybox("sh", "-c", script)
            .files(
                List.of(
                    new ProvidedFile("k", "/run/secrets/a", 7, 8, 0440),
                    new ProvidedFile("k", "/etc/deep/er/a", 0, 0, 0444),
                    new ProvidedFile("empty", "/b", 0, 0, 0444))));
  }

  private Path provided(String id) {
    return harness.root.resolve("exec/c/" + id + "/provided");
  }

  /// What is mounted is below the other folder.
  private void onNoDisk() throws Exception {
    try (Stream<Path> all = Files.walk(harness.root.resolve("data"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(HIDDEN);
      }
    }
  }

  @Test
  void theyAreThereForAsLongAsTheContainerRuns() throws Exception {
    String id =
        create("ls -ln /run/secrets/a; cat /etc/deep/er/a | wc -c; cat /b; echo x >/run/secrets/a");
    harness.engine.start(id, CONTENT);

    assertThat(harness.await(id).code()).isEqualTo(1);
    assertThat(harness.printed(id))
        .containsPattern("-r--r-----\\s+1 7\\s+8 ")
        .contains(HIDDEN.length() + "\n")
        .contains("Read-only file system");
    onNoDisk();
    harness.engine.start(id, CONTENT);
    assertThat(harness.await(id).code()).as("a start like the first").isEqualTo(1);
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void withoutTheirContentNothingIsBegun() throws Exception {
    String id = create("true");

    for (Map<String, byte[]> some : List.of(Map.<String, byte[]>of(), Map.of("k", new byte[1]))) {
      assertThatExceptionOfType(EngineException.class)
          .isThrownBy(() -> harness.engine.start(id, some))
          .withMessageContaining("cannot be started by hand")
          .matches(e -> e.kind() == EngineException.Kind.CONFLICT);
    }
    assertThat(harness.engine.get(id).state()).isEqualTo(ContainerState.CREATED);
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }

  @Test
  void aContainerThatIsTakenOverHasThemAndLosesThemAtItsEnd() throws Exception {
    String id = create("sleep 1000");
    harness.engine.start(id, CONTENT);

    harness.reopen();

    assertThat(harness.engine.get(id).state()).isEqualTo(ContainerState.RUNNING);
    assertThat(Files.readString(provided(id).resolve("0"))).isEqualTo(HIDDEN);
    onNoDisk();
    harness.engine.kill(id, "SIGKILL");
    EngineHarness.until("they are gone", () -> !Files.exists(provided(id)));
    harness.engine.remove(id, false);
    assertThat(harness.leftovers()).isEmpty();
  }
}
