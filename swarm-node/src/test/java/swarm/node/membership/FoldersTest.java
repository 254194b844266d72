package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FoldersTest {
  @TempDir Path parent;

  private Path filled(String name) throws IOException {
    Path folder = parent.resolve(name);
    Files.createDirectories(folder.resolve("raft/current"));
    Files.writeString(folder.resolve("raft/current/log"), "x");
    Files.writeString(folder.resolve("seal.key"), "x");
    return folder;
  }

  @Test
  void whatIsDiscardedLeavesNothing() throws Exception {
    Path folder = filled("swarm");
    Folders.discard(folder);
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void whatIsNotThereIsDiscardedAlready() throws Exception {
    Folders.discard(parent.resolve("swarm"));
    Folders.delete(parent.resolve("swarm"));
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void whatACrashLeftOfDiscardingGoesAtTheNextStart() throws Exception {
    filled("swarm.discarded");
    Path folder = filled("swarm");
    Folders.finishDiscard(folder);
    assertThat(parent.resolve("swarm.discarded")).doesNotExist();
    assertThat(folder.resolve("seal.key")).exists();
    filled("swarm.discarded");
    Folders.discard(folder);
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void whatWasBegunIsUnfinishedUntilItIsFinished() throws Exception {
    Path folder = parent.resolve("swarm");
    assertThat(Folders.unfinished(folder)).isFalse();
    Folders.begin(folder);
    assertThat(Folders.unfinished(folder)).isTrue();
    Folders.finished(folder);
    assertThat(Folders.unfinished(folder)).isFalse();
    assertThat(folder).isEmptyDirectory();
  }
}
