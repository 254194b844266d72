package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.testing.Certificates;

class PeerTest {
  @Test
  void readsOurOwnSubjects() {
    assertThat(Peer.of(Certificates.forge("CN=n, OU=swarm-worker, O=c")))
        .contains(new Peer("n", "c", Role.WORKER));
    assertThat(Peer.of(Certificates.forge("O=c, CN=n, OU=swarm-manager")))
        .contains(new Peer("n", "c", Role.MANAGER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CN=n",
        "OU=swarm-manager",
        "CN=n, O=c",
        "OU=swarm-manager, O=c",
        "CN=n, OU=swarm-manager",
        "CN=n, OU=swarm-admin, O=c",
        "CN=n, OU=SWARM-MANAGER, O=c",
        "CN=n, OU=\\ swarm-manager, O=c",
        "C=DE, L=x",
        // two of a kind: which one counts must never be a question
        "CN=n, OU=swarm-worker, OU=swarm-manager, O=c",
        "CN=n, OU=swarm-manager, OU=swarm-worker, O=c",
        "CN=n, CN=m, OU=swarm-worker, O=c",
        "CN=n, OU=swarm-worker, O=c, O=d",
        "CN=n, OU=swarm-worker+OU=swarm-manager, O=c",
        "CN=n+OU=swarm-manager, OU=swarm-worker, O=c",
        // a value that is not text
        "CN=#0403010203, OU=swarm-worker, O=c",
        "CN=n, OU=swarm-worker, O=#0403010203",
      })
  void otherSubjectsNameNobody(String subject) {
    assertThat(Peer.of(Certificates.forge(subject))).isEmpty();
  }
}
