package swarm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostSha256Test {
  private static MessageDigest host() {
    var made = HostSha256.create();
    assumeTrue(made.isPresent(), "this host has no OpenSSL");
    return made.orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 55, 56, 63, 64, 65, 1000, 131_072, 1_000_001})
  void itIsTheSameAsJavas(int size) throws Exception {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    assertThat(host().digest(bytes)).isEqualTo(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void piecesBytesAndAFreshStartAreWhatTheyAreInJava() throws Exception {
    byte[] bytes = new byte[5000];
    new Random(7).nextBytes(bytes);
    MessageDigest java = MessageDigest.getInstance("SHA-256");
    MessageDigest host = host();
    for (MessageDigest each : new MessageDigest[] {java, host}) {
      each.update(bytes, 0, 17);
      each.reset();
      each.update(bytes[0]);
      each.update(bytes, 1, 998);
      each.update(bytes, 999, 4001);
    }
    byte[] expected = java.digest();
    assertThat(host.digest()).isEqualTo(expected);
    assertThat(host.digest(bytes)).as("it begins anew by itself").isEqualTo(expected);
    assertThat(host.getDigestLength()).isEqualTo(32);
  }
}
