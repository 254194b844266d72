package swarm.raft.seal;

import java.security.GeneralSecurityException;

/// Encrypts what the log stores. Thread-safe.
public interface Seal {
  /// Encrypts and authenticates.
  byte[] seal(byte[] plain);

  /// Reverses [#seal].
  ///
  /// @throws GeneralSecurityException where the bytes were changed or sealed with another key
  byte[] open(byte[] sealed) throws GeneralSecurityException;
}
