package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.membership.Standby.Damaged.Was;
import swarm.raft.log.DamagedFileException;

/// The remedy of a damaged file, by what the node was.
class StandbyTest {
  private static final String SELF = "192.0.2.1:2377";
  private static final String OTHER = "192.0.2.2:2377";

  @TempDir Path folder;

  private void member(String raftId, String... managers) throws Exception {
    new MemberFile(raftId, "", 2377, "192.0.2.1", List.of(managers)).save(folder);
  }

  @Test
  void theMemberFileSaysWhatTheNodeWas() throws Exception {
    member("", OTHER);
    assertThat(Was.of(folder)).isEqualTo(Was.WORKER);
    member("r1", SELF, OTHER);
    assertThat(Was.of(folder)).isEqualTo(Was.MANAGER);
    member("r1", SELF);
    assertThat(Was.of(folder)).isEqualTo(Was.ONLY_MANAGER);
  }

  @Test
  void whereThatIsDamagedTheLogDoes() throws Exception {
    Files.writeString(MemberFile.path(folder), "{");
    assertThat(Was.of(folder)).isEqualTo(Was.WORKER);
    Files.createDirectory(folder.resolve("raft-r1"));
    assertThat(Was.of(folder)).isEqualTo(Was.MANAGER);
  }

  /// Followed to the letter, the remedy of a manager would make one of it.
  @Test
  void aWorkerJoinsAgainAsOne() {
    var damage = new DamagedFileException(MemberFile.path(folder), "it is gone");
    assertThat(Standby.Damaged.by(damage, Was.WORKER).why())
        .contains("swarm join-token worker")
        .doesNotContain("join-token manager")
        .doesNotContain("restore");
  }
}
