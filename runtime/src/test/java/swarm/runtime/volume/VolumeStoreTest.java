package swarm.runtime.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.linux.Mounts;

final class VolumeStoreTest {
  @TempDir Path folder;

  private final List<VolumeEvent> events = new ArrayList<>();
  private VolumeStore store;

  @BeforeEach
  void open() throws IOException {
    store = VolumeStore.open(folder.resolve("volumes"), Clock.systemUTC(), events::add);
  }

  private static VolumeRequest tmpfs(String name) {
    return new VolumeRequest(
        name, "local", Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=1m,nosuid"), Map.of());
  }

  @Test
  void whatWasMadeIsThereForTheNextStore() throws IOException {
    Volume made = store.create(new VolumeRequest("data", "", Map.of(), Map.of("b", "1", "a", "2")));
    Volume unnamed = store.create(VolumeRequest.named(""));

    open();

    assertThat(store.list()).containsExactlyInAnyOrder(made, unnamed);
    assertThat(unnamed.name()).matches("[0-9a-f]{64}");
    assertThat(unnamed.isAnonymous()).isTrue();
    assertThat(made.isAnonymous()).isFalse();
    assertThat(made.mountpoint()).isDirectory();
    assertThat(events).extracting(VolumeEvent::action).containsExactly("create", "create");
  }

  @Test
  void oneThatIsThereIsGivenAsItIs() throws IOException {
    Volume made = store.create(VolumeRequest.named("data"));

    assertThat(store.create(tmpfs("data"))).isEqualTo(made);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x    |       |        | INVALID   | create x: volume name is too short, names should be at",
        "a/b  |       |        | INVALID   | create a/b: \"a/b\" includes invalid characters for a local",
        "-ab  |       |        | INVALID   | only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you",
        "..   |       |        | INVALID   | includes invalid characters",
        "data | cloud |        | NOT_FOUND | create data: error looking up volume plugin cloud: plugin",
        "data | local | foo    | INVALID   | create data: invalid option: \"foo\"",
        "data | local | type   | INVALID   | create data: missing required option: \"device\"",
        "data | local | device | INVALID   | create data: missing required option: \"type\"",
        "data | local | size   | INVALID   | quota size requested but no quota support",
      })
  void whatCannotBeMadeIsRefusedInDockersWords(
      String name, String driver, String option, VolumeException.Kind kind, String message) {
    var request =
        new VolumeRequest(
            name,
            driver == null ? "" : driver,
            option == null ? Map.of() : Map.of(option, "tmpfs"),
            Map.of());

    assertThatThrownBy(() -> store.create(request))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(VolumeException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    assertThat(store.list()).isEmpty();
  }

  @Test
  void oneThatIsUsedStays() throws IOException {
    var _ = store.claim(VolumeRequest.named("data"), "c1");
    var _ = store.claim(VolumeRequest.named("data"), "c2");

    assertThatThrownBy(() -> store.remove("data"))
        .hasMessage("remove data: volume is in use - [c1, c2]");
    store.release("data", "c1");
    store.release("data", "c2");
    store.remove("data");

    assertThatThrownBy(() -> store.get("data")).hasMessage("get data: no such volume");
    assertThat(folder.resolve("volumes")).isEmptyDirectory();
  }

  @Test
  void whatWasMadeForAContainerThatNeverCameIsGone() throws IOException {
    var _ = store.claim(VolumeRequest.named("lost"), "c1");
    var _ = store.claim(VolumeRequest.named("kept"), "c2");
    store.settle("kept");
    var _ = store.claim(VolumeRequest.named("there"), "c3"); // its record was written just in time
    Files.createDirectory(folder.resolve("volumes/.new-half"));
    Files.createDirectory(folder.resolve("volumes/.old-half"));

    open();
    store.restore("there", "c3", false);
    store.reconcile();
    open();
    store.reconcile();

    assertThat(store.list()).extracting(Volume::name).containsExactly("kept", "there");
    assertThat(folder.resolve("volumes").toFile().list()).containsOnly("kept", "there");
  }

  @Test
  void optionsAreMountedForTheFirstAndTakenAwayWithTheLast() throws IOException {
    Path place = store.create(tmpfs("memory")).mountpoint();

    store.mount("memory", "c1");
    store.mount("memory", "c2");
    assertThat(store.unmount("memory", "c1")).isTrue();
    assertThat(Mounts.below(place)).containsExactly(place);
    assertThat(store.unmount("memory", "c2")).isTrue();
    assertThat(store.unmount("memory", "c2")).isFalse();
    assertThat(Mounts.below(place)).isEmpty();
  }

  @Test
  void aMountThatNobodyUsesIsTakenAwayAtTheStart() throws IOException {
    Path place = store.create(tmpfs("memory")).mountpoint();
    store.mount("memory", "c1");

    open();
    store.restore("memory", "c1", true);
    store.reconcile();
    assertThat(Mounts.below(place)).containsExactly(place);
    open();
    store.reconcile();

    assertThat(Mounts.below(place)).isEmpty();
  }

  @Test
  void whatCannotBeMountedSaysWhy() throws IOException {
    Volume made =
        store.create(
            new VolumeRequest(
                "lost",
                "",
                Map.of("type", "none", "device", "/not/here", "o", "bind,password=secret"),
                Map.of()));

    assertThatThrownBy(() -> store.mount("lost", "c1"))
        .hasMessage(
            "error while mounting volume '"
                + made.mountpoint()
                + "': failed to mount local volume: mount /not/here:"
                + made.mountpoint()
                + ", flags: 0x1000, data: password=********: no such file or directory");
  }

  @Test
  void aNewOneIsFilledAtOnceAndAnotherLeftAlone() throws IOException {
    Path place = store.create(VolumeRequest.named("data")).mountpoint();
    store.seed(
        "data",
        into -> {
          assertThat(into).isNotEqualTo(place);
          Files.writeString(into.resolve("file"), "first");
          return true;
        });
    store.seed("data", _ -> Files.createFile(folder.resolve("never")).isAbsolute());

    assertThat(place.resolve("file")).hasContent("first");
    assertThat(folder.resolve("never")).doesNotExist();
    assertThat(store.size("data")).isEqualTo(5);
  }

  @Test
  void oneThatIsMountedIsFilledWithoutBeingReplaced() throws IOException {
    Path place = store.create(VolumeRequest.named("data")).mountpoint();
    Object before = Files.getAttribute(place, "unix:ino");
    store.mount("data", "c1");
    store.seed(
        "data",
        into -> {
          Files.createDirectories(into.resolve("a/b"));
          return true;
        });

    assertThat(place.resolve("a/b")).isDirectory();
    assertThat(Files.getAttribute(place, "unix:ino")).isEqualTo(before);
  }

  @Test
  void pruningTakesWhatNobodyUses() throws IOException {
    Files.writeString(store.create(VolumeRequest.named("")).mountpoint().resolve("file"), "123456");
    var _ = store.create(VolumeRequest.named("named"));
    var _ = store.claim(VolumeRequest.named(""), "c1");

    VolumeStore.Pruned gone = store.prune(Volume::isAnonymous);

    assertThat(gone.names()).hasSize(1);
    assertThat(gone.bytes()).isEqualTo(6);
    assertThat(store.list()).hasSize(2);
    assertThat(events.getLast().attributes()).containsEntry("reclaimed", "6");
  }
}
