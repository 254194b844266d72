package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.node.membership.CertificateCall.Failure;

class CertificateCallTest {
  private static final Failure REFUSED =
      new Failure(Status.Code.FAILED_PRECONDITION, "this swarm has 7 managers");
  private static final Failure AWAY = new Failure(Status.Code.UNAVAILABLE, "m: connection refused");
  private static final Failure TOKEN =
      new Failure(Status.Code.INVALID_ARGUMENT, "A valid join token is necessary");

  private static void explained(int status, String words, Failure... failures) {
    MembershipException told = CertificateCall.explain(List.of(failures));
    assertThat(told.httpStatus()).isEqualTo(status);
    assertThat(told).hasMessage("rpc error: code = " + words);
  }

  @Test
  void aManagerThatDoesNotKnowOfAvailabilityIsNotJoined() throws Exception {
    CertificateCall.requireHeeded(null, null, "m");
    CertificateCall.requireHeeded("active", null, "m"); // as it is there anyway
    CertificateCall.requireHeeded("drain", "drain", "m");
    assertThatThrownBy(() -> CertificateCall.requireHeeded("drain", null, "m"))
        .hasMessageContaining("manager m is of an older version")
        .hasMessageContaining("'docker node update --availability drain'");
  }

  @Test
  void whoSaysNoCountsForMoreThanWhoSaysNothing() {
    explained(503, "Unavailable desc = m: connection refused", AWAY);
    explained(400, "FailedPrecondition desc = this swarm has 7 managers", REFUSED);
    explained(
        400,
        "FailedPrecondition desc = m: connection refused; this swarm has 7 managers",
        AWAY,
        REFUSED);
    explained(
        400,
        "InvalidArgument desc = A valid join token is necessary; m: connection refused",
        TOKEN,
        AWAY);
  }
}
