package swarm.network.gossip;

/// Signs this member's statements and verifies others'. Called by one thread; must not block.
public interface Signatures {
  /// This member's signature of a statement, at most [Update#MAX_SIGNATURE] bytes.
  byte[] sign(byte[] statement);

  /// Whether `signature` is the member's; false also for bytes that are no signature or a key that
  /// is none.
  boolean verify(Member member, byte[] statement, byte[] signature);
}
