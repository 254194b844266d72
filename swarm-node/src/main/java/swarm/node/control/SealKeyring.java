package swarm.node.control;

import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.raft.seal.LiveSeal;
import swarm.raft.seal.Seal;

/// This manager's keys of the log: on its disk first, then in use. They only ever grow, so whoever
/// was once told that a key is held here may rely on it. Thread-safe.
public final class SealKeyring {
  private static final Logger LOG = LoggerFactory.getLogger(SealKeyring.class);

  /// Where the keys are kept.
  @FunctionalInterface
  public interface Keeper {
    /// Durable when it returns.
    void keep(SealKeys keys) throws IOException;
  }

  private final Keeper keeper;
  private final LiveSeal seal;
  private volatile SealKeys current;
  private boolean closed; // guarded by this

  /// @param current what is kept already
  public SealKeyring(SealKeys current, Keeper keeper) {
    this.current = current;
    this.keeper = keeper;
    this.seal = new LiveSeal(current.seal());
  }

  public SealKeys current() {
    return current;
  }

  /// What the log is sealed with: always the present keys.
  public Seal seal() {
    return seal;
  }

  /// Takes the leader's keys.
  ///
  /// @return empty where they contradict what is sealed here; nothing was taken then
  synchronized Optional<SealKeys> take(SealKeys told) throws IOException {
    Optional<SealKeys> merged = current.merged(told);
    if (merged.isPresent()) {
      become(merged.get());
    }
    return merged;
  }

  /// Takes a new key, which does not seal yet.
  synchronized void add(SealKey next) throws IOException {
    become(current.with(next));
  }

  /// Seals with a key from now on that all managers hold.
  ///
  /// @return false where it is not here any more: a later leader had another one under this id
  synchronized boolean sealWith(SealKey key) throws IOException {
    if (current.keys().stream().noneMatch(key::same)) {
      return false;
    }
    become(current.sealingWith(key.id()));
    return true;
  }

  /// Writes the keys anew, because what they are sealed with on the disk has changed.
  public synchronized void keepAgain() throws IOException {
    requireOpen();
    keeper.keep(current);
  }

  /// Nothing is written any more when this returns: the keys of who is no manager are removed.
  synchronized void close() {
    closed = true;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("this manager is being stopped");
    }
  }

  private void become(SealKeys next) throws IOException {
    requireOpen();
    SealKeys before = current;
    if (next.equals(before)) {
      return;
    }
    keeper.keep(next);
    current = next;
    seal.replace(next.seal());
    if (next.sealing() != before.sealing()) {
      LOG.info(
          "the log is sealed with key {} from now on, no longer with key {}",
          next.sealing(),
          before.sealing());
    }
  }
}
