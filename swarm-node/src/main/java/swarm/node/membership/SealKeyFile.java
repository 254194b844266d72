package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import swarm.node.control.SealKeys;
import swarm.node.identity.KeyProtection;
import swarm.node.rpc.Messages;
import swarm.raft.log.DamagedFileException;

/// The keys that the cluster's log and snapshots are encrypted with. Entries travel between
/// managers as they are stored, so all managers have the same: the first makes one, the others get
/// them when they join, and later ones from the leader.
final class SealKeyFile {
  private SealKeyFile() {}

  /// One new key.
  static SealKeys create(Path folder, KeyProtection protection, Instant now) throws IOException {
    SealKeys keys = SealKeys.create(now);
    save(folder, keys, protection);
    return keys;
  }

  static boolean exists(Path folder) {
    return Files.exists(path(folder));
  }

  static void delete(Path folder) throws IOException {
    Files.deleteIfExists(path(folder));
  }

  static SealKeys read(Path folder, KeyProtection protection) throws IOException {
    Path file = path(folder);
    try {
      return SealKeys.decode(protection.open(Files.readAllBytes(file)));
    } catch (java.nio.file.NoSuchFileException e) {
      throw new DamagedFileException(file, "it is gone");
    } catch (IOException e) {
      throw new DamagedFileException(file, String.valueOf(e.getMessage()));
    }
  }

  static void save(Path folder, SealKeys keys, KeyProtection protection) throws IOException {
    Folders.replace(path(folder), protection.seal(keys.encode()));
  }

  /// What a manager gave with a certificate; null for a worker.
  static @Nullable SealKeys given(Messages.JoinReply reply) throws IOException {
    byte[] all = reply.sealKeys();
    byte[] only = reply.sealKey();
    if (all != null) {
      return SealKeys.decode(all);
    }
    return only == null ? null : SealKeys.decode(only);
  }

  /// The file in a node's folder.
  static Path path(Path folder) {
    return folder.resolve("seal.key");
  }
}
