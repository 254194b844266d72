package swarm.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.linux.RootedFiles;

class TreeSizeTest {
  private static final int DEEP = 3_000;

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void make() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    Files.write(root.resolve("a"), new byte[10]);
    Files.createLink(root.resolve("again"), root.resolve("a"));
    Files.write(Files.createDirectory(root.resolve("b")).resolve("c"), new byte[7]);
  }

  @AfterEach
  void clear() throws IOException {
    SafeDeletion.delete(root); // JUnit's own goes by paths
  }

  /// Folders in folders, further down than any path reaches.
  private void nest() throws IOException {
    RootedFiles.Handle at = RootedFiles.findDirectory(root, "/").orElseThrow();
    for (int i = 0; i < DEEP; i++) {
      try (RootedFiles.Handle above = at) {
        Files.createDirectory(above.path().resolve("dd"));
        at = RootedFiles.findDirectory(above.path(), "dd").orElseThrow();
      }
    }
    at.close();
  }

  @Test
  void aFileOfSeveralNamesCountsOnce() throws IOException {
    assertThat(TreeSize.of(root)).isEqualTo(17);
    assertThat(TreeSize.of(root.resolve("none"))).isZero();
  }

  @Test
  void whatIsDeeperThanAPathDoesNotCount() throws IOException {
    nest();
    assertThat(TreeSize.of(root)).isEqualTo(17);
  }

  @Test
  void treesThatAreTooDeepAreRefusedByName() throws IOException {
    nest();
    assertThatThrownBy(() -> TreeWalk.all(root, "/"))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("1000");
    assertThatThrownBy(
            () -> {
              var tar = new TreeTar(OutputStream.nullOutputStream());
              tar.addContent(root);
            })
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("1000");
  }
}
