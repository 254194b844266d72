package swarm.scheduler.model;

import java.time.Instant;

/// A key that the nodes seal their gossip with.
///
/// @param id rises with each new key
/// @param key 32 bytes in Base64
/// @param sends whether nodes seal with it; the others only open what still comes
/// @param since when it was made or last changed its part
public record GossipKey(int id, String key, boolean sends, Instant since) {
  /// Never the key: this may reach a log.
  @Override
  public String toString() {
    return "GossipKey[" + id + (sends ? ", sends]" : "]");
  }
}
