package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens to containers whose records have no room: nothing that would not happen anyway.
@Timeout(120)
class FullDiskEngineTest {
  private EngineHarness harness;
  private Path filling;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.openOnASmallDisk();
    filling = harness.root.resolve("data/filling");
  }

  @AfterEach
  void close() throws Exception {
    Files.deleteIfExists(filling);
    harness.close();
  }

  private void fill() {
    try (OutputStream out = Files.newOutputStream(filling)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left on device");
    }
  }

  @Test
  void anEndIsAnEndAndIsWrittenOnceThereIsRoom() throws Exception {
    Path gate = Files.createDirectories(harness.root.resolve("gate"));
    String id =
        harness.run(
            busybox("sh", "-c", "until [ -e /gate/go ]; do sleep 0.01; done; exit 7")
                .mounts(
                    List.of(ContainerMount.Bind.of(gate.toString(), "/gate", true, "", false))));
    fill();

    Files.createFile(gate.resolve("go"));

    assertThat(harness.await(id).code()).isEqualTo(7);
    assertThat(harness.container(id).state()).isEqualTo(ContainerState.EXITED);
    Path record = harness.root.resolve("data/containers").resolve(id).resolve("container.json");
    assertThat(record).content().contains("RUNNING");
    assertThat(record.resolveSibling("container.json.next")).doesNotExist();
    Files.delete(filling);
    until("the record is written", () -> read(record).contains("EXITED"));
    harness.reopen();
    assertThat(harness.container(id).exitCode()).isEqualTo(7);
  }

  @Test
  void containersCanBeStoppedAndRemovedToMakeRoom() throws Exception {
    String one = harness.run(busybox("sleep", "1000").stopSignal("SIGKILL"));
    String two = harness.run(busybox("sleep", "1000"));
    fill();

    harness.engine.stop(one, Optional.of(Duration.ofSeconds(10)));
    assertThat(harness.container(one).state()).isEqualTo(ContainerState.EXITED);
    harness.engine.remove(one, false);
    harness.engine.remove(two, true);

    assertThat(harness.engine.list()).isEmpty();
    assertThat(harness.leftovers()).containsExactly("mount " + harness.root.resolve("data"));
  }

  @Test
  void noneIsMadeOrStartedAndTheUserIsToldWhy() throws Exception {
    String made = harness.create(busybox("true"));
    fill();

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> harness.create(busybox("true")))
        .withMessageContaining("o space left on device");
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> harness.engine.start(made))
        .withMessageContaining("o space left on device");

    assertThat(harness.engine.list()).extracting(Container::id).containsExactly(made);
    Files.delete(filling);
    harness.engine.start(made);
    assertThat(harness.engine.waitFor(made).get(30, TimeUnit.SECONDS).code()).isZero();
  }

  private static NetworkChange.Result change(
      List<String> hosts, Optional<NetworkChange.Undo> undo) {
    return new NetworkChange.Result(Map.of("on", "net"), List.of(), hosts, "", undo);
  }

  private Path hosts() throws IOException {
    try (Stream<Path> all = Files.walk(harness.root.resolve("data/containers"))) {
      return all.filter(file -> file.endsWith("hosts")).findFirst().orElseThrow();
    }
  }

  @Test
  void aConnectionThatCannotBeNotedIsUndone() throws Exception {
    String id = harness.run(busybox("sleep", "1000").stopSignal("SIGKILL"));
    Path hosts = hosts();
    String before = Files.readString(hosts);
    fill();
    var undone = new AtomicInteger();

    for (int lines : new int[] {1, 10_000}) { // which the record and the file have no room for
      List<String> added = Collections.nCopies(lines, "10.0.0.9\tname");
      assertThatExceptionOfType(EngineException.class)
          .isThrownBy(
              () ->
                  harness.engine.<IOException>changeNetworks(
                      id, _ -> change(added, Optional.of(undone::incrementAndGet))))
          .withMessageContaining("o space left on device");
      assertThat(hosts).hasContent(before);
    }

    assertThat(undone).hasValue(2);
    assertThat(harness.container(id).config().attributes()).doesNotContainKey("on");
  }

  @Test
  void aDisconnectionIsOneThoughItCannotBeNoted() throws Exception {
    String id = harness.run(busybox("sleep", "1000").stopSignal("SIGKILL"));
    Path hosts = hosts();
    String before = Files.readString(hosts);
    fill();
    List<String> many = Collections.nCopies(10_000, "10.0.0.9\tname");

    harness.engine.<IOException>changeNetworks(id, _ -> change(many, Optional.empty()));

    assertThat(hosts).hasContent(before);
    assertThat(harness.container(id).config().attributes()).containsEntry("on", "net");
    Path record = harness.root.resolve("data/containers").resolve(id).resolve("container.json");
    Files.delete(filling);
    until("the record is written", () -> read(record).contains("\"on\""));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
