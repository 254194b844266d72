package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.raft.log.Member;
import swarm.raft.log.Start;

class MemberFileTest {
  private static final Member SELF = new Member("n1 = \\odd\nid", "h:1");
  @TempDir Path directory;

  private MemberFile prepare(String cluster, Member self, Start start) throws IOException {
    return MemberFile.prepare(directory, cluster, self, start);
  }

  @Test
  void restartFindsWhatWasBegun() throws IOException {
    MemberFile begun = prepare("c", SELF, new Start.Bootstrap());
    assertThat(prepare("c", SELF, new Start.Restart())).isEqualTo(begun);
    assertThat(begun.bootstrapped()).isTrue();
  }

  @Test
  void aFullDirectoryIsNotBegunAgain() throws IOException {
    prepare("c", SELF, new Start.Join());
    assertThatThrownBy(() -> prepare("c", SELF, new Start.Join()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("already holds member");
  }

  @Test
  void anEmptyDirectoryIsNotRestarted() {
    assertThatThrownBy(() -> prepare("c", SELF, new Start.Restart()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Join the cluster again with a new member id");
  }

  @Test
  void nobodyElsesDirectoryIsRestarted() throws IOException {
    prepare("c", SELF, new Start.Join());
    assertThatThrownBy(() -> prepare("other", SELF, new Start.Restart()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> prepare("c", new Member("n2", "h:1"), new Start.Restart()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not member n2");
  }
}
