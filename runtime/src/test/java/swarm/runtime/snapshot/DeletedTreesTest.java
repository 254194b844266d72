package swarm.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeletedTreesTest {
  @TempDir Path folder;

  /// Deeper than any path is long (PATH_MAX), as whoever moves folders into folders makes it.
  private Path deep(int levels, String name) throws IOException {
    Path top = Files.createDirectory(folder.resolve("0"));
    Files.createFile(top.resolve("file"));
    for (int i = 1; i < levels; i++) {
      Path next = Files.createDirectory(folder.resolve(Integer.toString(i)));
      Files.createFile(next.resolve("file"));
      Files.move(top, next.resolve(name));
      top = next;
    }
    return top;
  }

  @Test
  void aTreeDeeperThanAPathIsLongIsDeleted() throws IOException {
    Path tree = deep(60, "x".repeat(255));
    Files.createSymbolicLink(tree.resolve("link"), Files.createDirectory(folder.resolve("kept")));

    OverlayMounts.deleteTree(tree);

    assertThat(folder).isDirectoryContaining("glob:**/kept");
    assertThat(tree).doesNotExist();
    Files.delete(folder.resolve("kept"));
  }

  @Test
  void aTreeOfVeryManyLevelsIsDeleted() throws IOException {
    Path tree = deep(20_000, "d");

    OverlayMounts.deleteContent(tree);

    assertThat(tree).isEmptyDirectory();
  }
}
