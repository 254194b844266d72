package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.JoinToken;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Command;

/// What a node that joins by token asks for, and is told.
@Timeout(60)
class JoinAnswersTest {
  private final SoleManager sole;

  JoinAnswersTest(@TempDir Path temp) throws Exception {
    sole = new SoleManager(temp.resolve("manager"));
  }

  @AfterEach
  void end() {
    sole.close();
  }

  private void join(String secret, String availability) throws Exception {
    var _ =
        CertificateCall.ask(
            List.of(Addresses.HostPort.parse(sole.address(), 0)),
            new CertificateCall.Wish(
                JoinToken.of(sole.ca.certificate(), secret),
                CertificateAuthority.request(CertificateAuthority.newKeyPair()),
                "192.0.2.1",
                availability),
            sole.loops);
  }

  private Stream<Node> others() {
    return sole.state().nodes().values().stream().filter(n -> !n.id().equals(sole.self.nodeId()));
  }

  @Test
  void theAvailabilityThatAJoinAsksForIsTheNodesBeforeItHasItsCertificate() throws Exception {
    for (String asked : List.of("", "active", "pause", "drain")) {
      join(sole.cluster().tokens().worker(), asked);
    }
    assertThat(others().map(n -> String.valueOf(n.spec().availability())))
        .containsExactlyInAnyOrder("active", "active", "pause", "drain");
    assertThat(others()).allMatch(n -> n.status().state() == Node.State.UNKNOWN);
  }

  @Test
  void oneThatIsNoneIsRefusedAndAdmitsNobody() {
    assertThatThrownBy(() -> join(sole.cluster().tokens().worker(), "lazy"))
        .hasMessage(
            "rpc error: code = InvalidArgument desc = availability must be active, pause or drain,"
                + " not 'lazy'");
    assertThat(others()).isEmpty();
  }

  @Test
  void oneManagerTooManyIsToldSoInASentence() throws Exception {
    for (int i = 2; i <= 7; i++) {
      sole.apply(new Command.AdmitNode("manager" + i, "manager", "192.0.2." + i, Instant.now()));
    }
    assertThatThrownBy(() -> join(sole.cluster().tokens().manager(), ""))
        .hasMessage(
            "rpc error: code = FailedPrecondition desc = this swarm has 7 managers, and the most is"
                + " 7: each write waits for a majority of them; join as a worker, or demote another"
                + " manager first");
  }
}
