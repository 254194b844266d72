package swarm.node.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// A node's own certificate, key and the CA that it trusts. Immutable.
public record NodeIdentity(
    Peer self, X509Certificate certificate, PrivateKey key, X509Certificate ca) {

  private static final String KEY = "swarm-node.key";
  private static final String CERTIFICATE = "swarm-node.crt";
  private static final String CA = "swarm-root-ca.crt";

  /// The identity that a certificate from the CA gives.
  ///
  /// @throws IOException where the certificate's subject is not one of our CA's
  public static NodeIdentity of(X509Certificate certificate, PrivateKey key, X509Certificate ca)
      throws IOException {
    Peer self =
        Peer.of(certificate)
            .orElseThrow(() -> new IOException("the certificate names no node of a cluster"));
    return new NodeIdentity(self, certificate, key, ca);
  }

  /// Reads what [#save] wrote; empty where this node is in no cluster.
  public static Optional<NodeIdentity> load(Path folder) throws IOException {
    if (!Files.exists(folder.resolve(CERTIFICATE))) {
      return Optional.empty();
    }
    return Optional.of(
        of(
            Pem.certificates(Files.readString(folder.resolve(CERTIFICATE))).getFirst(),
            Pem.key(Files.readString(folder.resolve(KEY))),
            Pem.certificates(Files.readString(folder.resolve(CA))).getFirst()));
  }

  /// Writes the identity, the certificate last: a folder without one holds no identity.
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    replace(folder.resolve(KEY), Pem.write(key));
    replace(folder.resolve(CA), Pem.write(ca));
    replace(folder.resolve(CERTIFICATE), Pem.write(certificate));
  }

  private static void replace(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Never the key: this may reach a log.
  @Override
  public String toString() {
    return "NodeIdentity[" + self + "]";
  }
}
