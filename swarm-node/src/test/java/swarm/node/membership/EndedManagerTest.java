package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.identity.CertificateAuthority;

/// A manager that the others took out of the log, and that was closed for it, while its node still
/// asks it.
@Timeout(60)
class EndedManagerTest {
  @Test
  void itDoesNotSayWhatItIsToBe(@TempDir Path folder) throws Exception {
    byte[] request = CertificateAuthority.request(CertificateAuthority.newKeyPair());
    try (var sole = new SoleManager(folder)) {
      assertThat(sole.manager.renewSelf(sole.self, request, false).certificate()).isNotEmpty();
      sole.manager.close();

      assertThat(sole.manager.freshState()).isEmpty();
      assertThatThrownBy(() -> sole.manager.renewSelf(sole.self, request, false))
          .hasMessageContaining("cannot confirm its state");
      assertThat(sole.manager.renewSelf(sole.self, request, true).certificate())
          .as("without one nobody would find the others again")
          .isNotEmpty();
    }
  }
}
