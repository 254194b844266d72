package swarm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Keys as `openssl` writes them, in every form that is in use.
class PemTest {
  @TempDir Path folder;

  private Path openssl(String command) throws Exception {
    Path out = folder.resolve("out.pem");
    var words = new ArrayList<>(List.of("openssl"));
    words.addAll(List.of(command.replace("OUT", out.toString()).split(" ")));
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "genrsa -traditional -out OUT 2048, RSA, BEGIN RSA PRIVATE KEY",
    "genrsa -out OUT 2048, RSA, BEGIN PRIVATE KEY",
    "genpkey -algorithm ED25519 -out OUT, EdDSA, BEGIN PRIVATE KEY",
    "ecparam -name prime256v1 -genkey -out OUT, EC, BEGIN EC PRIVATE KEY",
    "ecparam -name secp384r1 -genkey -noout -out OUT, EC, BEGIN EC PRIVATE KEY",
  })
  void keys_are_read(String command, String algorithm, String form) throws Exception {
    Path file = openssl(command);
    assertThat(file).content().contains(form);
    assertThat(Pem.key(file).getAlgorithm()).isEqualTo(algorithm);
  }

  @Test
  void certificates_are_read() throws Exception {
    Path file =
        openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout "
                + folder.resolve("key")
                + " -out OUT");
    Files.writeString(file, "text ahead\n" + Files.readString(file).repeat(2));
    assertThat(Pem.certificates(file)).hasSize(2);
    assertThatThrownBy(() -> Pem.key(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no private key");
  }

  @Test
  void an_encrypted_key_is_refused_by_name() throws Exception {
    Path file = openssl("genrsa -aes128 -passout pass:x -out OUT 2048");
    assertThatThrownBy(() -> Pem.key(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is encrypted");
    assertThatThrownBy(() -> Pem.certificates(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no certificate");
  }
}
