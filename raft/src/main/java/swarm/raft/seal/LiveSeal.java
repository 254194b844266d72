package swarm.raft.seal;

import java.security.GeneralSecurityException;

/// A seal whose keys change while a log is open: whatever is sealed or opened from the change on
/// uses the new ones. Thread-safe.
///
/// Who replaces it must see to it that the new one opens all that the old one sealed, and that
/// every member can open what the new one seals: entries and snapshots travel as they are stored.
public final class LiveSeal implements Seal {
  private volatile Seal current;

  public LiveSeal(Seal current) {
    this.current = current;
  }

  /// Another one from now on.
  public void replace(Seal next) {
    current = next;
  }

  @Override
  public byte[] seal(byte[] plain) {
    return current.seal(plain);
  }

  @Override
  public byte[] open(byte[] sealed) throws GeneralSecurityException {
    return current.open(sealed);
  }
}
