package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// `docker swarm ca` and our own `swarm ca`: what they print, wait for and refuse. The certificate
/// and keys of the operator's are what `openssl` makes.
@Tag("multihost")
final class RootCommandTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @TempDir Path temp;

  private static String root(Shell shell) throws Exception {
    return shell.ok(shell.cluster("ca")).strip();
  }

  @Test
  void the_root_is_printed_and_replaced_by_a_new_one() throws Exception {
    Shell.both(
        CLUSTER,
        shell -> {
          String before = root(shell);
          assertThat(before)
              .startsWith("-----BEGIN CERTIFICATE-----")
              .endsWith("-----END CERTIFICATE-----");

          assertThat(shell.ok(shell.cluster("ca", "--rotate", "--quiet"))).isEmpty();

          assertThat(root(shell)).isNotEqualTo(before);
          assertThat(shell.ok(shell.cluster("ca", "--rotate", "--detach"))).isEmpty();
          // what else is said depends on how long the nodes take
          assertThat(shell.ok(shell.cluster("ca", "--rotate"))).contains("BEGIN CERT");
          assertThat(shell.ok("node", "ls", "--format", "{{.TLSStatus}}").strip())
              .isEqualTo("Ready");
          assertThat(shell.ok("node", "inspect", "self", "--pretty")).contains(root(shell));
        });
  }

  @Test
  void a_root_of_the_operators_is_taken() throws Exception {
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", file("ec.key"));
    openssl("genrsa", "-traditional", "-out", file("rsa.key"), "2048");
    for (String kind : List.of("ec", "rsa")) {
      for (Client client : Client.values()) {
        Files.copy(Path.of(file(kind + ".key")), Path.of(file(kind + client.name() + ".key")));
        openssl(
            "req",
            "-x509",
            "-new",
            "-key",
            file(kind + client.name() + ".key"),
            "-subj",
            "/O=Acme/CN=acme root " + kind,
            "-days",
            "3650",
            "-out",
            file(kind + client.name() + ".crt"));
      }
    }
    Shell.both(
        CLUSTER,
        shell -> {
          for (String kind : List.of("ec", "rsa")) {
            String certificate = file(kind + shell.client().name() + ".crt");
            String key = file(kind + shell.client().name() + ".key");
            shell.ok(
                shell.cluster("ca", "--rotate", "-q", "--ca-cert", certificate, "--ca-key", key));
            assertThat(root(shell)).isEqualTo(Files.readString(Path.of(certificate)).strip());
          }
          // what is shown is posted back: it asks for nothing again
          shell.ok(shell.cluster("update", "--cert-expiry", "3h"));
          assertThat(shell.api().get("/swarm").at("/Spec/CAConfig").toString())
              .contains("10800000000000")
              .doesNotContain("PRIVATE KEY");
          shell.ok(shell.cluster("ca", "--rotate", "-q"));
          shell.ok(shell.cluster("update", "--cert-expiry", "2160h"));
        });
  }

  @Test
  void what_cannot_be_is_refused() throws Exception {
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", file("one.key"));
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", file("other.key"));
    openssl("genpkey", "-algorithm", "ed25519", "-out", file("ed25519.key"));
    openssl("genrsa", "-out", file("weak.key"), "1024");
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        file("weak.key"),
        "-subj",
        "/CN=weak",
        "-days",
        "900",
        "-out",
        file("weak.crt"));
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        file("one.key"),
        "-subj",
        "/CN=short",
        "-days",
        "30",
        "-out",
        file("short.crt"));
    openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        file("one.key"),
        "-subj",
        "/CN=long",
        "-days",
        "900",
        "-out",
        file("long.crt"));
    Shell.both(
        CLUSTER,
        shell -> {
          String before = root(shell);
          shell
              .fails(shell.cluster("ca", "--cert-expiry", "2h"))
              .contains("flag requires the `--rotate` flag");
          shell
              .fails(shell.cluster("ca", "--rotate", "--ca-cert", file("long.crt")))
              .contains("--ca-key");
          shell
              .fails(rotate(shell, "short.crt", "one.key"))
              .contains("CA certificate expires too soon");
          shell.fails(rotate(shell, "long.crt", "other.key")).contains("is not the key of");
          shell
              .fails(rotate(shell, "long.crt", "ed25519.key"))
              .contains("the CA key is of the kind Ed25519");
          shell.fails(rotate(shell, "weak.crt", "weak.key")).contains("an RSA key with 1024 bits");
          shell
              .fails(
                  shell.cluster(
                      "ca",
                      "--rotate",
                      "--ca-cert",
                      file("long.crt"),
                      "--external-ca",
                      "protocol=cfssl,url=https://127.0.0.1:1/sign"))
              .contains("there must be at least one valid, reachable external CA");
          assertThat(root(shell)).isEqualTo(before);
        });
  }

  private List<String> rotate(Shell shell, String certificate, String key) {
    return shell.cluster("ca", "--rotate", "--ca-cert", file(certificate), "--ca-key", file(key));
  }

  private String file(String name) {
    return temp.resolve(name).toString();
  }

  private static void openssl(String... words) throws Exception {
    var command = new java.util.ArrayList<String>();
    command.add("openssl");
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
