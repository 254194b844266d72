package swarm.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.linux.DetachedMounts;
import swarm.linux.Mounts;
import swarm.runtime.snapshot.OverlayMounts;

/// What a container did to its root, as the kernel's overlayfs keeps it.
final class LayerTest {
  @TempDir Path folder;

  /// Changes a merged view.
  @FunctionalInterface
  private interface Deed {
    void to(Path merged) throws IOException;
  }

  private DetachedMounts merged(String options) throws IOException, InterruptedException {
    Path lower = Files.createDirectories(folder.resolve("lower"));
    Files.createDirectories(folder.resolve("upper"));
    Files.createDirectories(folder.resolve("work"));
    Path target = Files.createDirectories(folder.resolve("merged"));
    Files.createDirectories(lower.resolve("etc/sub"));
    Files.writeString(lower.resolve("etc/kept"), "kept");
    Files.writeString(lower.resolve("etc/gone"), "gone");
    Files.writeString(lower.resolve("etc/sub/deep"), "deep");
    Files.createDirectories(lower.resolve("opaque"));
    Files.writeString(lower.resolve("opaque/old"), "old");
    Files.createDirectories(lower.resolve("moved"));
    Files.writeString(lower.resolve("moved/file"), "moved");
    return DetachedMounts.make(
        () -> {
          Mounts.mount(
              "overlay",
              target,
              "overlay",
              0,
              "lowerdir="
                  + lower
                  + ",upperdir="
                  + folder.resolve("upper")
                  + ",workdir="
                  + folder.resolve("work")
                  + options);
          return target;
        });
  }

  private static List<String> names(byte[] tar) throws IOException {
    var names = new ArrayList<String>();
    try (var in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar), StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        names.add(e.getName());
      }
    }
    return names;
  }

  private static void change(Path view) throws IOException {
    Files.delete(view.resolve("etc/gone"));
    Files.writeString(view.resolve("etc/new"), "new");
    OverlayMounts.deleteTree(view.resolve("opaque"));
    Files.createDirectory(view.resolve("opaque"));
    Files.writeString(view.resolve("opaque/fresh"), "fresh");
    Files.createDirectories(view.resolve("added/inner"));
  }

  private void check(Deed deed, String options, List<String> changes, List<String> entries)
      throws Exception {
    try (DetachedMounts tree = merged(options)) {
      Path view = Path.of(tree.root().toString(), ".");
      deed.to(view);
      Path upper = folder.resolve("upper");
      var told = new ArrayList<LayerChanges.Change>();
      LayerChanges.tell(upper, folder.resolve("lower"), told::add);
      assertThat(told)
          .extracting(c -> c.kind().name().charAt(0) + " " + c.path())
          .containsExactlyElementsOf(changes);
      var out = new ByteArrayOutputStream();
      assertThat(LayerTar.write(upper, tree.root(), out)).isEqualTo(!entries.isEmpty());
      assertThat(names(out.toByteArray())).containsExactlyElementsOf(entries);
    }
  }

  /// A directory of which only what is in it is another one, and one that is the same.
  private static void twice(Path upper, Path lower, String name) throws IOException {
    for (Path root : List.of(upper, lower)) {
      Files.createDirectories(root.resolve(name));
    }
  }

  @Test
  void changesAreToldOneByOne() throws Exception {
    Path lower = folder.resolve("lower");
    Path upper = folder.resolve("upper");
    twice(upper, lower, "a/b/c");
    twice(upper, lower, "a/d/same");
    twice(upper, lower, "e/same");
    Files.writeString(upper.resolve("a/b/c/new"), "new");
    Files.writeString(upper.resolve("a/b/new"), "new");
    Files.writeString(upper.resolve("a/d/new"), "new");
    Files.writeString(upper.resolve("z"), "new");
    for (String name : List.of("a/b/c", "a/b", "a/d/same", "a/d", "a", "e/same", "e")) {
      for (Path root : List.of(upper, lower)) {
        Files.setLastModifiedTime(root.resolve(name), FileTime.fromMillis(0));
      }
    }
    var told = new ArrayList<String>();
    LayerChanges.Listener until =
        change -> {
          told.add(change.kind().name().charAt(0) + " " + change.path());
          if (change.path().equals("/a/d")) {
            throw new IOException("enough");
          }
        };
    assertThatThrownBy(() -> LayerChanges.tell(upper, lower, until)).hasMessage("enough");
    assertThat(told)
        .containsExactly("M /a", "M /a/b", "M /a/b/c", "A /a/b/c/new", "A /a/b/new", "M /a/d");
    told.clear();
    LayerChanges.tell(
        upper, lower, change -> told.add(change.kind().name().charAt(0) + " " + change.path()));
    assertThat(told).hasSize(8).endsWith("M /a/d", "A /a/d/new", "A /z");
  }

  @Test
  void nothingIsNothing() throws Exception {
    check(
        view -> assertThat(view.resolve("etc/kept")).hasContent("kept"), "", List.of(), List.of());
  }

  @Test
  void whatCameWentAndChanged() throws Exception {
    check(
        LayerTest::change,
        "",
        List.of(
            "A /added",
            "A /added/inner",
            "M /etc",
            "D /etc/gone",
            "A /etc/new",
            "M /opaque",
            "A /opaque/fresh",
            "D /opaque/old"),
        List.of(
            "added/",
            "added/inner/",
            "etc/",
            "etc/.wh.gone",
            "etc/new",
            "opaque/",
            "opaque/.wh..wh..opq",
            "opaque/fresh"));
  }

  @Test
  void whatTheUpperOnlyRefersToIsWrittenWhole() throws Exception {
    check(
        view -> {
          Files.setAttribute(view.resolve("etc/sub/deep"), "unix:mode", 0600);
          Files.move(view.resolve("moved"), view.resolve("there"));
        },
        ",redirect_dir=on,metacopy=on",
        List.of("M /etc", "M /etc/sub", "M /etc/sub/deep", "D /moved", "A /there"),
        List.of(
            "etc/",
            "etc/sub/",
            "etc/sub/deep",
            ".wh.moved",
            "there/",
            "there/.wh..wh..opq",
            "there/file"));
  }
}
