package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTokenTest {
  private static final String DIGEST = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd";
  private static final String SECRET = "thesecretofthetoken000000";

  @Test
  void whatIsWrittenIsReadAgain() {
    var ca = CertificateAuthority.create(Instant.now());
    JoinToken token = JoinToken.of(ca.certificate(), new RandomIds().next());

    assertThat(token.text()).matches("SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}");
    assertThat(JoinToken.parse(token.text())).contains(token);
  }

  @Test
  void spacesAroundAreNoHarm() {
    assertThat(JoinToken.parse("  SWMTKN-1-" + DIGEST + "-" + SECRET + "\n"))
        .contains(new JoinToken(DIGEST, SECRET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SWMTKN",
        "SWMTKN-1-" + DIGEST,
        "SWMTKN-1-" + DIGEST + "-",
        "SWMTKN-2-" + DIGEST + "-" + SECRET,
        "swmtkn-1-" + DIGEST + "-" + SECRET,
        "SWMTKN-1-" + DIGEST + "x-" + SECRET,
        "SWMTKN-1-" + DIGEST + "-" + SECRET + "x",
        "SWMTKN-1-" + DIGEST + "-" + SECRET + "\nx",
        "SWMTKN-1-" + DIGEST + "-thesecretofthetoken00000",
        "SWMTKN-1-" + DIGEST + "-THESECRETOFTHETOKEN000000",
        "SWMTKN-1-" + DIGEST + "-thesecretofthetoken00000\u00f6",
        "x SWMTKN-1-" + DIGEST + "-" + SECRET,
      })
  void otherFormsAreNoTokens(String text) {
    assertThat(JoinToken.parse(text)).isEmpty();
  }

  @Test
  void aTokenNamesItsOwnAuthorityOnly() {
    var ca = CertificateAuthority.create(Instant.now());
    var other = CertificateAuthority.create(Instant.now());
    JoinToken token = JoinToken.of(ca.certificate(), SECRET);

    assertThat(token.names(ca.certificate())).isTrue();
    assertThat(token.names(other.certificate())).isFalse();
  }

  @Test
  void aTokenDoesNotNameAnotherCertificateForTheSameKey() {
    var ca = CertificateAuthority.create(Instant.EPOCH.plusSeconds(1_000_000_000));
    var again =
        swarm.node.testing.Certificates.forge(
            "CN=swarm-ca", ca.certificate().getPublicKey(), "CN=swarm-ca", ca.key());

    assertThat(JoinToken.of(ca.certificate(), SECRET).names(again)).isFalse();
  }

  @Test
  void aLogNeverShowsTheSecret() {
    assertThat(new JoinToken(DIGEST, SECRET).toString()).doesNotContain(SECRET).contains(DIGEST);
  }

  @Test
  void secretsAreComparedAsText() {
    assertThat(JoinToken.sameText("abc", "abc")).isTrue();
    assertThat(JoinToken.sameText("abc", "abd")).isFalse();
    assertThat(JoinToken.sameText("abc", "abcd")).isFalse();
    assertThat(JoinToken.sameText("", "")).isTrue();
  }
}
