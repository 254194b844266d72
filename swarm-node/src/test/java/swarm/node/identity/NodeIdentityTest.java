package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.testing.Certificates;

class NodeIdentityTest {
  private final CertificateAuthority ca = CertificateAuthority.create(Instant.now());
  @TempDir Path temp;

  private NodeIdentity node(String id) throws IOException {
    return Certificates.node(ca, id, Role.MANAGER, Instant.now());
  }

  @Test
  void whatIsSavedIsLoadedAgain() throws IOException {
    NodeIdentity identity = node("n1");
    Path folder = temp.resolve("deep/certificates");

    identity.save(folder);

    assertThat(NodeIdentity.load(folder)).contains(identity);
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    Path folder = temp.resolve("certificates");
    node("n1").save(folder);

    assertThat(mode(folder)).isEqualTo("rwx------");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(3).allSatisfy(f -> assertThat(mode(f)).isEqualTo("rw-------"));
    }
  }

  @Test
  void aFolderThatOthersCouldReadIsClosed() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("certificates"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path key = Files.createFile(folder.resolve("swarm-node.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

    node("n1").save(folder);

    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(key)).isEqualTo("rw-------");
  }

  private static String mode(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aRenewedIdentityReplacesTheOld() throws IOException {
    node("n1").save(temp);
    NodeIdentity renewed = node("n1");
    renewed.save(temp);

    assertThat(NodeIdentity.load(temp)).contains(renewed);
  }

  @Test
  void whatABrokenSaveLeftIsNoIdentity() throws IOException {
    node("n1").save(temp);
    Files.delete(temp.resolve("swarm-node.crt"));
    Files.writeString(temp.resolve("swarm-node.crt.new"), "half");

    assertThat(NodeIdentity.load(temp)).isEmpty();

    NodeIdentity next = node("n2");
    next.save(temp);
    assertThat(NodeIdentity.load(temp)).contains(next);
  }

  @Test
  void nothingSavedIsNoIdentity() throws IOException {
    assertThat(NodeIdentity.load(temp.resolve("missing"))).isEmpty();
  }

  @Test
  void damageIsAnError() throws IOException {
    node("n1").save(temp);
    Files.writeString(temp.resolve("swarm-node.key"), "damaged");

    assertThatThrownBy(() -> NodeIdentity.load(temp)).isInstanceOf(IOException.class);
  }

  @Test
  void aCertificateThatNamesNoNodeIsNoIdentity() {
    assertThatThrownBy(() -> NodeIdentity.of(ca.certificate(), ca.key(), ca.certificate()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("names no node");
  }

  @Test
  void aLogNeverShowsTheKey() throws IOException {
    NodeIdentity identity = node("n1");

    assertThat(identity.toString()).isEqualTo("NodeIdentity[" + identity.self() + "]");
  }
}
