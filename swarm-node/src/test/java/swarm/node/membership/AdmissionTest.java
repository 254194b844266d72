package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.rpc.Messages;

/// When a joining manager gives up: only while it is surely not in the log.
@Timeout(60)
class AdmissionTest {
  private static final String ADDRESS_TAKEN = "the address is another node's";

  private final SoleManager sole;

  AdmissionTest(@TempDir Path temp) throws Exception {
    sole = new SoleManager(temp.resolve("manager"));
  }

  @AfterEach
  void end() {
    sole.close();
  }

  private Admission admission(String candidate) {
    return new Admission(
        sole.manager,
        sole.client,
        new Messages.MemberRequest("n9", "raft9", "192.0.2.9:2377"),
        () -> List.of(candidate));
  }

  /// As it calls itself at the address of the only manager, it asks nobody at all.
  @Test
  void whoIsRefusedAndSurelyOutsideGivesUpAtOnce() throws Exception {
    Admission.Progress end =
        admission("192.0.2.9:2377").within(Duration.ofMinutes(5), () -> Optional.of(ADDRESS_TAKEN));

    assertThat(end).isEqualTo(new Admission.Progress.Refused(ADDRESS_TAKEN));
  }

  /// Nothing answers there, so nobody knows what became of the request.
  @Test
  void whoMayBeInTheLogGoesOnUntilTheLimit() throws Exception {
    Admission.Progress end =
        admission("127.0.0.1:1").within(Duration.ofSeconds(1), () -> Optional.of(ADDRESS_TAKEN));

    assertThat(end).isInstanceOf(Admission.Progress.Open.class);
  }

  @Test
  void whoIsNotRefusedAsksUntilTheLimit() throws Exception {
    Admission.Progress end =
        admission("192.0.2.9:2377").within(Duration.ofSeconds(1), Optional::empty);

    assertThat(end).isInstanceOf(Admission.Progress.Outside.class);
  }
}
