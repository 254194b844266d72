package swarm.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a container's engine relies on of whoever gives it the layers of an image: run by the image
/// store and by the stand-in of the engine's own tests alike, so that what these show with the one
/// holds with the other.
public abstract class SnapshotterContract {
  private static final String STRANGER = "sha256:" + "0".repeat(64);

  /// A place for mounts and writable layers, on a file system that overlayfs can use.
  @TempDir Path scratch;

  /// The snapshotter, with one image at least.
  protected abstract RootfsProvider snapshotter() throws IOException;

  /// The id of an image that it has.
  protected abstract String image() throws IOException;

  /// Paths of some of the image's files, of every layer that it has.
  protected abstract List<String> files();

  @Test
  void the_layers_are_folders_with_the_images_files() throws Exception {
    List<Path> layers = snapshotter().prepare("one", image()).layers();
    assertThat(layers).isNotEmpty().allMatch(Path::isAbsolute).allMatch(Files::isDirectory);
    for (String file : files()) {
      assertThat(layers).as(file).anyMatch(layer -> Files.exists(layer.resolve(file)));
    }
  }

  @Test
  void a_container_that_asks_again_gets_the_same() throws Exception {
    RootfsProvider snapshotter = snapshotter();
    assertThat(snapshotter.prepare("one", image())).isEqualTo(snapshotter.prepare("one", image()));
  }

  @Test
  void layers_are_shared_by_the_containers_of_an_image() throws Exception {
    RootfsProvider snapshotter = snapshotter();
    assertThat(snapshotter.prepare("one", image())).isEqualTo(snapshotter.prepare("two", image()));
  }

  @Test
  void an_image_that_is_not_there_is_told_as_a_missing_file() throws IOException {
    RootfsProvider snapshotter = snapshotter();
    assertThatThrownBy(() -> snapshotter.prepare("one", STRANGER))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(STRANGER);
  }

  @Test
  void a_release_of_nothing_does_nothing_and_one_may_come_twice() throws Exception {
    RootfsProvider snapshotter = snapshotter();
    assertThatCode(() -> snapshotter.release("never")).doesNotThrowAnyException();
    Rootfs first = snapshotter.prepare("one", image());
    snapshotter.release("one");
    snapshotter.release("one");
    assertThat(snapshotter.prepare("one", image())).isEqualTo(first);
  }

  @Test
  void one_containers_release_takes_nothing_from_another() throws Exception {
    RootfsProvider snapshotter = snapshotter();
    var _ = snapshotter.prepare("one", image());
    Rootfs kept = snapshotter.prepare("two", image());
    snapshotter.release("one");
    assertThat(kept.layers()).allMatch(Files::isDirectory);
    assertThat(tree(kept)).containsAll(files());
  }

  @Test
  void many_containers_may_ask_at_once() throws Exception {
    RootfsProvider snapshotter = snapshotter();
    String image = image();
    var answers = new ArrayList<Future<Rootfs>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        String container = "c" + i;
        answers.add(threads.submit(() -> snapshotter.prepare(container, image)));
      }
    }
    for (Future<Rootfs> answer : answers) {
      assertThat(answer.get()).isEqualTo(answers.getFirst().get());
    }
  }

  @Test
  void what_containers_write_stays_with_them() throws Exception {
    Rootfs rootfs = snapshotter().prepare("one", image());
    Set<String> before = tree(rootfs);
    Path mine = mount(rootfs, "mine");
    Path other = mount(rootfs, "other");
    try {
      assertThat(files()).allMatch(file -> Files.exists(mine.resolve(file)));
      Files.writeString(mine.resolve("written"), "x");
      Files.delete(mine.resolve(files().getFirst()));
      assertThat(other.resolve("written")).doesNotExist();
      assertThat(Files.exists(other.resolve(files().getFirst()))).isTrue();
    } finally {
      OverlayMounts.unmount(mine);
      OverlayMounts.unmount(other);
    }
    assertThat(tree(rootfs)).isEqualTo(before);
  }

  private Path mount(Rootfs rootfs, String name) throws Exception {
    Path target = Files.createDirectories(scratch.resolve(name + "-root"));
    OverlayMounts.mount(
        rootfs, new OverlayMounts.Writable(scratch.resolve(name + "-writable"), false), target);
    return target;
  }

  private static Set<String> tree(Rootfs rootfs) throws IOException {
    var names = new TreeSet<String>();
    for (Path layer : rootfs.layers()) {
      try (Stream<Path> all = Files.walk(layer)) {
        all.map(path -> layer.relativize(path).toString()).forEach(names::add);
      }
    }
    return names;
  }
}
