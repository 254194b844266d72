package swarm.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
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
      assertThat(files).hasSize(1).allSatisfy(f -> assertThat(mode(f)).isEqualTo("rw-------"));
    }
  }

  @Test
  void aFolderThatOthersCouldReadIsClosed() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("certificates"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path key = Files.createFile(folder.resolve("swarm-node.pem"));
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

  /// The power goes before the new name is there: the old identity is whole, key and all.
  @Test
  void aBrokenSaveLeavesWhatWas() throws IOException {
    NodeIdentity first = node("n1");
    first.save(temp);
    Files.writeString(temp.resolve("swarm-node.pem.new"), "half");

    assertThat(NodeIdentity.load(temp)).contains(first);

    NodeIdentity next = node("n1");
    next.save(temp);
    assertThat(NodeIdentity.load(temp)).contains(next);
  }

  @Test
  void chainsAndSeveralRootsAreKeptInTheirOrder() throws IOException {
    var other = CertificateAuthority.create(Instant.now());
    NodeIdentity one = node("n1");
    var identity =
        NodeIdentity.of(
            List.of(one.certificate(), ca.crossSign(other.certificate(), Instant.now())),
            one.key(),
            List.of(ca.certificate(), other.certificate()));

    identity.save(temp);

    assertThat(NodeIdentity.load(temp)).contains(identity);
    assertThat(NodeIdentity.load(temp).orElseThrow().ca()).isEqualTo(ca.certificate());
  }

  @Test
  void whatEarlierVersionsWroteIsReadAndReplaced() throws IOException {
    NodeIdentity identity = node("n1");
    Files.writeString(temp.resolve("swarm-node.key"), Pem.write(identity.key()));
    Files.writeString(temp.resolve("swarm-node.crt"), Pem.write(identity.certificate()));
    Files.writeString(temp.resolve("swarm-root-ca.crt"), Pem.write(identity.ca()));

    assertThat(NodeIdentity.load(temp)).contains(identity);

    NodeIdentity renewed = node("n1");
    renewed.save(temp);
    assertThat(NodeIdentity.load(temp)).contains(renewed);
    try (var files = Files.list(temp)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactly("swarm-node.pem");
    }
  }

  @Test
  void nothingSavedIsNoIdentity() throws IOException {
    assertThat(NodeIdentity.load(temp.resolve("missing"))).isEmpty();
  }

  @Test
  void damageIsAnError() throws IOException {
    node("n1").save(temp);
    for (String damage :
        List.of(
            "damaged",
            Pem.write(ca.certificate()),
            Pem.write(ca.key()) + "# the roots that this node trusts\n",
            Pem.write(ca.certificate()) + "# the roots that this node trusts\n" + "x")) {
      Files.writeString(temp.resolve("swarm-node.pem"), damage);

      assertThatThrownBy(() -> NodeIdentity.load(temp))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged");
    }
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
