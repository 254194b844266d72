package swarm.node.membership;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import swarm.raft.seal.AesGcmSeal;
import swarm.raft.seal.SealedInputStream;
import swarm.raft.seal.SealedOutputStream;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.StateCodec;

/// A cluster's whole state as a file: services, nodes, tokens, the certificate authority and its
/// key. Whoever has the file and its passphrase has the cluster.
///
/// Layout: `SWARMBACKUP1`; iterations (4 bytes) and salt (16 bytes) of PBKDF2-HMAC-SHA-512 (RFC
/// 8018), which makes the key of the rest; then, sealed in chunks as snapshots are
/// ([SealedOutputStream]: nothing can be changed, cut off or exchanged unnoticed): term and time (8
/// bytes each), and the state as [StateCodec] writes it. The iterations are those that OWASP asks
/// for (2023).
public final class Backup {
  private static final byte[] MAGIC = "SWARMBACKUP1".getBytes(StandardCharsets.US_ASCII);
  private static final int ITERATIONS = 210_000;
  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BITS = 256;

  /// Shorter ones are guessed.
  public static final int LEAST_PASSPHRASE = 12;

  /// What is in a file.
  ///
  /// @param term of the log that it comes from
  /// @param at when it was made, by the clock of the manager that made it
  public record Contents(ClusterState state, long term, Instant at) {
    /// What it is a backup of.
    public Cluster cluster() throws IOException {
      Cluster cluster = state.cluster();
      if (cluster == null) {
        throw new IOException("the backup holds no cluster");
      }
      return cluster;
    }
  }

  private Backup() {}

  /// Writes one.
  public static void write(Contents contents, String passphrase, OutputStream out)
      throws IOException {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    var plain = new DataOutputStream(out);
    plain.write(MAGIC);
    plain.writeInt(ITERATIONS);
    plain.write(salt);
    plain.flush();
    try (var sealed =
        new DataOutputStream(
            new BufferedOutputStream(
                new SealedOutputStream(out, AesGcmSeal.of(key(passphrase, salt, ITERATIONS)))))) {
      sealed.writeLong(contents.term());
      sealed.writeLong(contents.at().toEpochMilli());
      StateCodec.write(contents.state(), sealed);
    }
  }

  /// Reads one, all of it.
  ///
  /// @throws IOException where it is none, is damaged, or the passphrase is another one
  public static Contents read(InputStream in, String passphrase) throws IOException {
    var plain = new DataInputStream(new BufferedInputStream(in));
    byte[] magic = plain.readNBytes(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("this is no backup of a swarm, or one of a newer version");
    }
    int iterations = plain.readInt();
    byte[] salt = plain.readNBytes(SALT_BYTES);
    if (iterations < 1 || iterations > MAX_ITERATIONS || salt.length < SALT_BYTES) {
      throw new IOException("the backup is damaged: its beginning makes no sense");
    }
    try (var sealed =
        new DataInputStream(
            new SealedInputStream(plain, AesGcmSeal.of(key(passphrase, salt, iterations))))) {
      long term = sealed.readLong();
      Instant at = Instant.ofEpochMilli(sealed.readLong());
      ClusterState state = StateCodec.read(new ToTheEnd(sealed));
      if (sealed.read() >= 0) {
        throw new IOException("there is more in it than a state");
      }
      if (plain.read() >= 0) {
        throw new IOException("there are bytes behind its end");
      }
      return new Contents(state, term, at);
    } catch (IOException e) {
      throw new IOException(
          "the backup cannot be opened: the passphrase is another one, or the file is damaged ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static byte[] key(String passphrase, byte[] salt, int iterations) throws IOException {
    if (passphrase.length() < LEAST_PASSPHRASE) {
      throw new IOException(
          "a passphrase needs at least "
              + LEAST_PASSPHRASE
              + " characters, not "
              + passphrase.length());
    }
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
          .generateSecret(new PBEKeySpec(passphrase.toCharArray(), salt, iterations, KEY_BITS))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java runtime has no PBKDF2", e);
    }
  }

  /// The reader of states closes what it reads, and we have to see its end.
  private static final class ToTheEnd extends FilterInputStream {
    ToTheEnd(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // the caller's
    }
  }
}
