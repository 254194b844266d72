package swarm.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static swarm.runtime.container.EngineHarness.busybox;
import static swarm.runtime.container.EngineHarness.until;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.linux.Mounts;
import swarm.runtime.archive.LayerChanges;
import swarm.runtime.archive.LayerChanges.Change;
import swarm.runtime.archive.LayerChanges.Kind;
import swarm.runtime.volume.VolumeRequest;

/// Volumes in containers, and the files of containers with them. Needs root.
@Timeout(120)
class ContainerVolumesTest {
  private EngineHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = EngineHarness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private String create(ContainerConfigBuilder config, ContainerMount... mounts) throws Exception {
    return harness
        .engine
        .create(Optional.empty(), Optional.empty(), config.mounts(List.of(mounts)).build())
        .id();
  }

  private ContainerMount.Volume volume(String id) throws Exception {
    return (ContainerMount.Volume) harness.engine.get(id).config().mounts().getFirst();
  }

  private List<String> names() {
    return harness.engine.volumes().list().stream().map(v -> v.name()).toList();
  }

  private static boolean isMounted(Path place) {
    try {
      return !Mounts.below(place).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatHasNoNameGoesWithItsContainerIfWanted() throws Exception {
    String kept = create(busybox("true"), ContainerMount.Volume.of("", "/a", false));
    String gone = create(busybox("true"), ContainerMount.Volume.of("", "/a", false));
    String own =
        harness.run(
            busybox("true")
                .autoRemove(true)
                .mounts(
                    List.of(
                        ContainerMount.Volume.of("", "/a", false),
                        ContainerMount.Volume.of("named", "/b", false))));
    String name = volume(kept).name();

    harness.await(own);
    harness.engine.remove(kept, false, false);
    harness.engine.remove(gone, false, true);
    until("the third is gone", () -> harness.engine.list().isEmpty());

    assertThat(names()).containsExactlyInAnyOrder(name, "named");
    assertThat(harness.engine.volumes().users(name)).isEmpty();
  }

  @Test
  void theNextDaemonKnowsWhoUsesWhat() throws Exception {
    String running =
        harness.run(
            busybox("sleep", "1000")
                .mounts(
                    List.of(
                        new ContainerMount.Volume(
                            "memory",
                            "",
                            "/m",
                            false,
                            false,
                            false,
                            "",
                            "",
                            new VolumeRequest(
                                "memory",
                                "",
                                Map.of("type", "tmpfs", "device", "tmpfs"),
                                Map.of())))));
    Path place = Path.of(volume(running).source());
    assertThat(Mounts.below(place)).containsExactly(place);

    harness.reopen();

    assertThat(Mounts.below(place)).containsExactly(place);
    assertThatThrownBy(() -> harness.engine.volumes().remove("memory"))
        .hasMessage("remove memory: volume is in use - [" + running + "]");
    harness.engine.kill(running, "KILL");
    until("it is mounted no more", () -> !isMounted(place));
    harness.engine.remove(running, false);
    harness.engine.volumes().remove("memory");
  }

  @Test
  void aContainerThatCannotBeMadeLeavesNoVolume() throws Exception {
    Files.writeString(harness.root.resolve("images/layer/file"), "a file");

    assertThatThrownBy(
            () ->
                create(
                    busybox("true"),
                    ContainerMount.Volume.of("named", "/a", false),
                    ContainerMount.Volume.of("", "/file", false)))
        .hasMessage("cannot mount volume over existing file, file exists /file");
    assertThatThrownBy(
            () ->
                create(
                    busybox("true"), ContainerMount.Bind.of("/not/here", "/a", false, "", false)))
        .hasMessage(
            "invalid mount config for type \"bind\": bind source path does not exist: /not/here");

    assertThat(names()).isEmpty();
    assertThat(harness.root.resolve("data/containers")).isEmptyDirectory();
  }

  @Test
  void filesAreReachedThroughMountsWhetherItRunsOrNot() throws Exception {
    Path host = Files.createDirectories(harness.root.resolve("host"));
    String id =
        create(
            busybox("sh", "-c", "echo w > /data/written; sleep 1000"),
            ContainerMount.Volume.of("data", "/data", false),
            ContainerMount.Volume.of("locked", "/locked", true),
            ContainerMount.Bind.of(host.toString(), "/data/bound", false, "", false));
    for (boolean runs : new boolean[] {false, true}) {
      if (runs) {
        harness.engine.start(id);
        Path written = Path.of(volume(id).source()).resolve("written");
        until("it wrote", () -> Files.exists(written));
      }
      String file = "file-" + runs;
      var _ =
          harness.engine.<Path>withMounts(
              id,
              root -> {
                assertThatThrownBy(() -> Files.writeString(root.resolve("locked/" + file), "x"))
                    .hasMessageContaining("Read-only");
                Files.writeString(root.resolve("data/" + file), "in the volume");
                Files.writeString(root.resolve("data/bound/" + file), "on the host");
                return Files.writeString(root.resolve(file), "in the root");
              });
      assertThat(Path.of(volume(id).source()).resolve(file)).hasContent("in the volume");
      assertThat(host.resolve(file)).hasContent("on the host");
      var changes = new ArrayList<Change>();
      var _ =
          harness.engine.<Boolean>withLayer(
              id,
              (upper, lower, _) -> {
                LayerChanges.tell(upper, lower, changes::add);
                return true;
              });
      assertThat(changes)
          .contains(new Change(Kind.ADDED, "/" + file))
          .doesNotContain(new Change(Kind.ADDED, "/proc"));
    }
    assertThat(Mounts.below(harness.root.resolve("exec/t"))).isEmpty();
  }

  @Test
  void aPartOfAVolumeIsMountedAndLetGo() throws Exception {
    var volumes = harness.engine.volumes();
    Path place = volumes.create(VolumeRequest.named("data")).mountpoint();
    Files.createDirectories(place.resolve("a/b"));
    Files.createSymbolicLink(place.resolve("out"), Path.of("/a"));
    String id =
        create(
            busybox("sh", "-c", "echo x > /in/x; ls /in"),
            new ContainerMount.Volume(
                "data", "", "/in", false, true, false, "out/b", "", VolumeRequest.named("data")));

    harness.engine.start(id);
    assertThat(harness.await(id).code()).isZero();
    harness.engine.remove(id, false);

    assertThat(place.resolve("a/b/x")).hasContent("x");
    assertThat(harness.leftovers()).isEmpty();
  }
}
