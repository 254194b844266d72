package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.JoinToken;
import swarm.node.identity.RandomIds;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.state.Command;

/// Tokens that are replaced: the old one lets nobody in from then on, members stay.
@Timeout(60)
class JoinTokenRotationTest {
  private final SoleManager sole;
  private final Path temp;

  JoinTokenRotationTest(@TempDir Path temp) throws Exception {
    this.temp = temp;
    sole = new SoleManager(temp.resolve("manager"));
  }

  @AfterEach
  void end() {
    sole.close();
  }

  private void joins(String secret) throws Exception {
    ClusterClient.join(
        sole.address(),
        JoinToken.of(sole.ca.certificate(), secret),
        CertificateAuthority.request(CertificateAuthority.newKeyPair()),
        "192.0.2.1",
        null,
        sole.loops);
  }

  @Test
  void anOldTokenLetsNobodyInAndTheOthersGoOn() throws Exception {
    var member = sole.join(Role.WORKER, temp.resolve("w"));
    Cluster.Tokens before = sole.cluster().tokens();
    sole.apply(
        new Command.UpdateCluster(
            sole.cluster().version().index(),
            sole.cluster().spec(),
            new RandomIds().next(),
            null,
            Instant.now()));

    assertThatThrownBy(() -> joins(before.worker()))
        .hasMessageContaining("A valid join token is necessary to join this cluster");
    joins(before.manager());
    joins(sole.cluster().tokens().worker());
    try (var client = new ClusterClient(member, sole.loops)) {
      var request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
      assertThat(client.renew(sole.address(), request).certificate()).isNotEmpty();
    }
  }
}
