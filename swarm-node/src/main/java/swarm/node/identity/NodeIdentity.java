package swarm.node.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A node's own certificate and key, and the roots that it trusts. Immutable.
///
/// @param chain the node's certificate, then those that lead from it to a root which others may
///   still trust alone (while the roots change, the new root cross-signed by the old)
/// @param roots at least one; the first is the one that join tokens name
public record NodeIdentity(
    Peer self, List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots) {

  private static final String FILE = "swarm-node.pem";
  private static final String ROOTS = "# the roots that this node trusts\n";

  // what earlier versions wrote
  private static final String OLD_KEY = "swarm-node.key";
  private static final String OLD_CERTIFICATE = "swarm-node.crt";
  private static final String OLD_CA = "swarm-root-ca.crt";

  public NodeIdentity {
    chain = List.copyOf(chain);
    roots = List.copyOf(roots);
    if (chain.isEmpty() || roots.isEmpty()) {
      throw new IllegalArgumentException("an identity needs a certificate and a root");
    }
  }

  /// An identity whose root signed its certificate.
  public NodeIdentity(Peer self, X509Certificate certificate, PrivateKey key, X509Certificate ca) {
    this(self, List.of(certificate), key, List.of(ca));
  }

  /// The identity that a certificate from the CA gives.
  ///
  /// @throws IOException where the certificate's subject is not one of our CA's
  public static NodeIdentity of(X509Certificate certificate, PrivateKey key, X509Certificate ca)
      throws IOException {
    return of(List.of(certificate), key, List.of(ca));
  }

  /// The same with a chain and several roots.
  public static NodeIdentity of(
      List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots) throws IOException {
    Peer self =
        Peer.of(chain.getFirst())
            .orElseThrow(() -> new IOException("the certificate names no node of a cluster"));
    return new NodeIdentity(self, chain, key, roots);
  }

  /// The node's own certificate.
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// The root that join tokens name.
  public X509Certificate ca() {
    return roots.getFirst();
  }

  /// This identity with other roots.
  public NodeIdentity withRoots(List<X509Certificate> others) {
    return new NodeIdentity(self, chain, key, others);
  }

  /// Whether the certificate is over.
  public boolean expired(Instant now) {
    return !now.isBefore(certificate().getNotAfter().toInstant());
  }

  /// What others are shown: the chain, and every root behind it, so that a newcomer finds the one
  /// that its token names.
  X509Certificate[] shown() {
    var all = new ArrayList<>(chain);
    all.addAll(roots);
    return all.toArray(X509Certificate[]::new);
  }

  /// The certificate whose key signed this node's: a root, or one of the chain.
  ///
  /// @throws CertificateException where none of them did
  public X509Certificate issuer() throws CertificateException {
    var candidates = new ArrayList<>(roots);
    candidates.addAll(chain.subList(1, chain.size()));
    for (X509Certificate candidate : candidates) {
      try {
        certificate().verify(candidate.getPublicKey());
        return candidate;
      } catch (GeneralSecurityException _) {
        // not this one
      }
    }
    throw new CertificateException("none of the roots issued this node's certificate");
  }

  /// Reads what was written without protection.
  public static Optional<NodeIdentity> load(Path folder) throws IOException {
    return load(folder, KeyProtection.none());
  }

  /// Reads what [#save] wrote; empty where this node is in no cluster.
  public static Optional<NodeIdentity> load(Path folder, KeyProtection protection)
      throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return loadOld(folder);
    }
    String text;
    try {
      text = new String(protection.open(Files.readAllBytes(file)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
    int chain = text.indexOf("-----BEGIN CERTIFICATE");
    int roots = text.indexOf(ROOTS);
    if (chain < 0 || roots < chain) {
      throw new IOException(file + " is damaged: it lacks certificates; restore it, or join again");
    }
    try {
      return Optional.of(
          of(
              Pem.certificates(text.substring(chain, roots)),
              Pem.key(text),
              Pem.certificates(text.substring(roots))));
    } catch (IOException e) {
      throw new IOException(
          file + " is damaged (" + e.getMessage() + "); restore it, or join again", e);
    }
  }

  private static Optional<NodeIdentity> loadOld(Path folder) throws IOException {
    if (!Files.exists(folder.resolve(OLD_CERTIFICATE))) {
      return Optional.empty();
    }
    return Optional.of(
        of(
            Pem.certificates(Files.readString(folder.resolve(OLD_CERTIFICATE))).getFirst(),
            Pem.key(Files.readString(folder.resolve(OLD_KEY))),
            Pem.certificates(Files.readString(folder.resolve(OLD_CA))).getFirst()));
  }

  /// Writes the identity without protection.
  public void save(Path folder) throws IOException {
    save(folder, KeyProtection.none());
  }

  /// Writes the identity durably, as one file that replaces the one before at once: no crash leaves
  /// a key without its certificate, or a certificate without the roots behind it.
  ///
  /// @param protection seals the file
  public void save(Path folder, KeyProtection protection) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    String text = Pem.write(key) + Pem.write(chain) + ROOTS + Pem.write(roots);
    replace(folder.resolve(FILE), protection.seal(text.getBytes(StandardCharsets.UTF_8)));
    Files.deleteIfExists(folder.resolve(OLD_CERTIFICATE)); // first: without it there is none
    Files.deleteIfExists(folder.resolve(OLD_KEY));
    Files.deleteIfExists(folder.resolve(OLD_CA));
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(fresh, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      folder.force(true); // the new name, too
    }
  }

  /// Never the key: this may reach a log.
  @Override
  public String toString() {
    return "NodeIdentity[" + self + "]";
  }
}
