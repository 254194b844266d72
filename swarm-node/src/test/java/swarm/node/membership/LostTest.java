package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A manager whose log or key is gone.
class LostTest {
  private static final String SELF = "10.0.0.1:2377";

  @TempDir Path folder;

  @BeforeEach
  void whole() throws IOException {
    Files.createDirectories(folder.resolve("raft"));
    Files.writeString(folder.resolve("raft/member"), "x");
    Files.writeString(folder.resolve("seal.key"), "x");
  }

  private static MemberFile member(String raftId, String... managers) {
    return new MemberFile(raftId, "10.0.0.1", 2377, "10.0.0.1", List.of(managers));
  }

  private Lost lost(String... managers) throws IOException {
    assertThat(ManagerRole.startable(folder, member("r1", managers))).isFalse();
    return Lost.of(folder, member("r1", managers)).orElseThrow();
  }

  private void gone(String name) throws IOException {
    Folders.delete(folder.resolve(name));
  }

  @Test
  void nothingIsLostWhereAllIsThereOrThereWasNoManager() throws Exception {
    assertThat(Lost.of(folder, member("r1", SELF))).isEmpty();
    assertThat(ManagerRole.startable(folder, member("r1", SELF))).isTrue();
    gone("raft");
    gone("seal.key");
    assertThat(Lost.of(folder, member("", SELF))).as("promoted, or a worker").isEmpty();
    assertThat(ManagerRole.startable(folder, member("", SELF))).isFalse();
  }

  @Test
  void whatIsGoneIsNamed() throws Exception {
    gone("seal.key");
    assertThat(lost(SELF).damage()).hasMessage(folder + "/seal.key is damaged: it is gone");
    gone("raft");
    assertThat(lost(SELF).damage())
        .hasMessage(
            folder
                + "/seal.key is damaged: it is gone, and "
                + folder.resolve("raft")
                + " is gone");
    whole();
    gone("raft/member");
    assertThat(lost(SELF).damage()).hasMessage(folder + "/raft is damaged: it is empty");
    gone("raft");
    assertThat(lost(SELF).damage()).hasMessage(folder + "/raft is damaged: it is gone");
    assertThat(Lost.of(folder, member("r1", SELF).withLog("r2")).orElseThrow().damage())
        .hasMessage(folder + "/raft-r2 is damaged: it is gone");
  }

  @Test
  void whoKnowsOthersSaysWhomItWaitsFor() throws Exception {
    gone("seal.key");
    assertThat(lost(SELF).alone()).isTrue();
    assertThat(lost().alone()).isTrue();
    Lost lost = lost("10.0.0.2:2377", SELF, "10.0.0.3:2377");
    assertThat(lost.alone()).isFalse();
    assertThat(lost.why())
        .startsWith(folder + "/seal.key is damaged: it is gone. This manager waits for another")
        .contains("none of 10.0.0.2:2377, 10.0.0.3:2377 has answered")
        .contains("from a copy")
        .contains("docs/RECOVERY.md");
  }

  /// On the only manager `leave --force` gives up what nobody else has: that is the last thing
  /// told.
  @Test
  void theRemedyOfAnOnlyManagerIsACopyAndThenABackup() throws Exception {
    gone("seal.key");
    var alone = Standby.Damaged.by(lost(SELF).damage(), Standby.Damaged.Was.ONLY_MANAGER);
    assertThat(alone.state()).isEqualTo("error");
    assertThat(alone.why())
        .contains("seal.key is damaged: it is gone. This node does not take part")
        .containsSubsequence(
            "from a copy", "start it again", "swarm leave --force", "swarm restore")
        .doesNotContain("is on the other managers");
    assertThat(Standby.Damaged.by(lost(SELF).damage(), Standby.Damaged.Was.MANAGER).why())
        .contains("Everything is on the other managers");
  }
}
